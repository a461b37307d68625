"""What a config names, built: the data, the game, the evaluators.

Training, evaluation, sampling and the benchmark all begin here. Everything that
can be wrong with a config is found here, before anything is written.
"""

import dataclasses
import functools
import importlib
import json
import pathlib
import pkgutil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import buckets, checkpoint, config as configs, data, errors
from gans_jax import remote, sharding, systems
from gans_jax.eval import evaluators as evaluators_lib
from gans_jax.eval import reference
from gans_jax.eval.sampler import Mode
from gans_jax.game import (Game, State, init, init_seeds, play, play_seeds,
                           take_seed)

CONFIG, CHECKPOINTS = 'config.json', 'checkpoints'


@dataclasses.dataclass(frozen=True)
class Experiment:
  """One config, built.

  Attributes:
    config: as JSON has it.
    source: the training data.
    game: the system on that data.
    evaluators: by label; each is made when first asked for, since some train
      or load a network.
  """

  config: dict[str, Any]
  source: data.Source
  game: Game

  @functools.cached_property
  def evaluators(self) -> dict[str, evaluators_lib.Evaluator]:
    out, real = {}, reference.Reference(self.source)
    for label, entry in self.config['evals'].items():
      name, options = evaluator(label, entry)
      out[label] = evaluators_lib.make(name, real, **options)
    return out

  def init(self) -> State:
    """The initial state; with several seeds each leaf but step has an axis."""
    seed, seeds, n = (self.config[k] for k in ('seed', 'seeds', 'batch'))
    loader = data.Loader(self.source, n, seed, seeds=seeds)
    batch = loader.batch(0)
    keys = jnp.stack([jax.random.key(seed + i) for i in range(seeds)])
    if seeds > 1:   # [rounds, S, batches, n, ...]
      return init_seeds(self.game, keys, {k: v[0, :, 0]
                                          for k, v in batch.items()})
    return init(self.game, keys[0], {k: v[0, 0] for k, v in batch.items()},
                self.game.stage(0))


def build(config: Any) -> Experiment:
  """Builds what `config` names.

  Args:
    config: a ConfigDict, or what `config.plain` makes of one.

  Returns:
    The experiment. Networks have been traced once, nothing was computed.

  Raises:
    errors.ConfigError: an unknown key, system, data set, evaluator or
      argument, or data that the system's networks cannot take.
  """
  config = configs.plain(config)
  configs.check(config)
  module = system(config['system'])
  options = dict(config['data'])
  source = data.make(options.pop('name'), **options)
  for label in config['evals']:
    mode(config, label)[1].check(source.spec)
  game = errors.call(f"system {config['system']!r}", module.build, source.spec,
                     **config['model'])
  game = dataclasses.replace(game, accumulate=config['mesh']['accumulate'])
  experiment = Experiment(config, source, game)
  for label, entry in config['evals'].items():
    name, options = evaluator(label, entry)
    errors.check_call(f'evaluator {name!r}', errors.choose(
        'evaluator', name, evaluators_lib.EVALUATORS), source, **options)
  shapes = jax.eval_shape(experiment.init)
  if game.accumulate > 1:
    _check_parts(experiment, shapes)
  return experiment


def _check_parts(experiment: Experiment, state: State) -> None:
  """Traces a round: a loss may ask for more than a part of a batch has."""
  c, game = experiment.config, experiment.game
  if c['batch'] % game.accumulate:
    raise errors.ConfigError(
        f"config.batch={c['batch']} cannot be cut into config.mesh.accumulate="
        f"{game.accumulate} parts of one size")
  loader = data.Loader(experiment.source, c['batch'], c['seed'],
                       batches=game.batches, seeds=c['seeds'])
  batches = jax.eval_shape(
      lambda: {k: v[0] for k, v in loader.batch(0).items()})
  jax.eval_shape(functools.partial(
      play_seeds if c['seeds'] > 1 else play, game,
      stage=game.stage(0)), state, batches)


def evaluator(label: str, entry: dict[str, Any]) -> tuple[str, dict]:
  """(name, options) of an entry of config.evals."""
  options = {k: v for k, v in entry.items()
             if k not in ('every', 'evaluator', 'mode')}
  return entry.get('evaluator', label), options


def mode(config: dict[str, Any], label: str) -> tuple[bool, Mode]:
  """(ema, mode): how an entry of config.evals wants samples to be drawn.

  Its `mode` has any of `ema` and the fields of `sampler.Mode`.
  """
  options = dict(config['evals'][label].get('mode') or {})
  ema = bool(options.pop('ema', True))
  return ema, Mode.of(options, f'evals.{label}.mode')


def system(name: str):
  """The module gans_jax.systems.<name>; the folder is the registry."""
  names = {m.name: m.name for m in pkgutil.iter_modules(systems.__path__)}
  return importlib.import_module(
      f'gans_jax.systems.{errors.choose("system", name, names)}')


def load(workdir: str | pathlib.Path) -> dict[str, Any]:
  """The config of the run in `workdir`.

  Raises:
    errors.ConfigError: there is none.
  """
  with remote.Place(workdir, (CONFIG,), writes=False) as place:
    path = place.folder / CONFIG
    if not path.exists():
      raise errors.ConfigError(
          f'{workdir} holds no run: {CONFIG} does not exist there. Train one '
          f'with launch/train.py --config ... --workdir {workdir}')
    return configs.filled(json.loads(path.read_text()))


def checkpoints(experiment: Experiment, workdir: str | pathlib.Path
                ) -> checkpoint.Checkpointer:
  """The checkpoints of the run in `workdir`."""
  policy = experiment.config['checkpoint']
  return checkpoint.Checkpointer(
      buckets.join(workdir, CHECKPOINTS), policy['keep'],
      keep_every=policy['keep_every'],
      keep_best=policy['keep_best'] if policy['best'] else 0,
      frozen=experiment.game.frozen)


def restore(experiment: Experiment, saved: checkpoint.Checkpointer, mesh,
            step: int | None = None) -> tuple[int, State, dict] | None:
  """(step, state, meta) of a run's newest sound checkpoint, or of `step`.

  Returns None where there is no checkpoint.
  """
  like = jax.eval_shape(experiment.init)
  like = sharding.abstract(
      like, sharding.of_state(mesh, like, experiment.config))
  if experiment.game.frozen:     # not in checkpoints: made anew
    fresh = warm(experiment, jax.jit(experiment.init)())
    like = like.replace(**{
        field: {**getattr(like, field), **{
            n: getattr(fresh, field)[n] for n in experiment.game.frozen}}
        for field in ('params', 'stats')})
  return saved.restore(like, step)


def warm(experiment: Experiment, state: State) -> State:
  """The initial state with the nets of another run: see config.init.

  Their statistics come along, optimizers do not. Of several seeds each begins
  as the one run, or as the seed of its place.

  Raises:
    errors.ConfigError: there is no such run, net or checkpoint, or its nets are
      others.
    checkpoint.CheckpointError: no checkpoint is sound.
  """
  run, asked = (experiment.config['init'][k] for k in ('run', 'nets'))
  if not run:
    if asked:
      raise errors.ConfigError(
          f'init.nets={list(asked)} of no run: give its folder as init.run')
    return state
  found = checkpoint.load_variables(
      buckets.join(run, CHECKPOINTS), asked or None)
  for net in asked:
    errors.choose('net of this game, in init.nets,', net, state.params)
  nets = asked or sorted(set(found) & set(state.params))
  if not nets:
    raise errors.ConfigError(
        f'init.run={run!r} has nets {", ".join(sorted(found))}, and this game '
        f'{", ".join(sorted(state.params))}: none is in both')
  params, stats, ema = dict(state.params), dict(state.stats), dict(state.ema)
  for net in nets:
    variables = dict(found[net])
    params[net] = _placed(net, variables.pop('params', {}), params[net])
    stats[net] = _placed(net, variables, stats[net])
    if net in ema:
      ema[net] = jax.tree.map(jnp.copy, params[net])
  return state.replace(params=params, stats=stats, ema=ema)


def _placed(net: str, found: Any, like: Any) -> Any:
  """Arrays of another run, where and as this one has its own."""
  shapes = lambda tree: {jax.tree_util.keystr(path): np.shape(x) for path, x in
                         jax.tree_util.tree_leaves_with_path(tree)}
  have, want = shapes(found), shapes(like)
  differ = sorted(k for k in have.keys() | want.keys() if k not in have
                  or want.get(k) not in (have[k], (*want.get(k, ())[:1],
                                                   *have[k])))
  if differ:
    raise errors.ConfigError(
        f'init: net {net!r} of the other run is another one; {differ[0]} has '
        f'shape {have.get(differ[0])} there and {want.get(differ[0])} here')
  return jax.tree.map(lambda x, old: jax.device_put(
      np.broadcast_to(x, old.shape).astype(old.dtype), old.sharding),
                      found, like)


def parameter_counts(state: State, seeds: int = 1) -> dict[str, int]:
  """Numbers in the params of each net, of one run."""
  return {net: sum(int(np.prod(x.shape)) for x in jax.tree.leaves(tree))
          // seeds for net, tree in state.params.items()}


def open_run(workdir: str | pathlib.Path, step: int | None = None,
             every_seed: bool = False):
  """What a reader of a run needs: (experiment, step, state, mesh).

  Of a run of several seeds the state is that of the first, or of all.

  Raises:
    errors.ConfigError: there is no run, no checkpoint, or none of `step`.
    checkpoint.CheckpointError: no checkpoint is sound.
  """
  experiment = build(load(workdir))
  # Of this machine: config.mesh is of those that train.
  mesh = sharding.make_mesh(experiment.config['seeds'])
  with checkpoints(experiment, workdir) as saved:
    found = restore(experiment, saved, mesh, step)
  if found is None:
    raise errors.ConfigError(f'{workdir} holds no checkpoint yet')
  step, state, _ = found
  if experiment.config['seeds'] > 1 and not every_seed:
    state = take_seed(state, 0)
  return experiment, step, state, mesh
