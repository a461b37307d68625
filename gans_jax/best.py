"""The best states of a run by one metric, and an export of what they draw.

`config.checkpoint.best` names a number of an evaluator as metrics.jsonl does:
'fid/fid'. Whenever it is better than before the step is saved, kept, and its
nets that make samples are written as best/<step>.safetensors, averaged params
in the place of their own, with best/<step>.json: what a program needs that
knows neither the run nor this package.
"""

import json
import pathlib
from collections.abc import Collection, Mapping
from typing import Any

import flax.traverse_util
import jax
import numpy as np
import safetensors.numpy

from gans_jax import checkpoint, errors, experiment, files, keeping, metrics
from gans_jax import records, sharding
from gans_jax.game import State
from gans_jax.turn import Turn

FOLDER = 'best'


class Best:
  """Scores steps, and exports the best.

  Args:
    exp: its config's `checkpoint.best` may be '': then nothing is scored.
    workdir: of the run.
    saved: its checkpoints; what they were scored is gone on from.

  Raises:
    errors.ConfigError: no such evaluator, or it is not known whether higher or
      lower is better.
  """

  def __init__(self, exp: experiment.Experiment, workdir: files.PathLike,
               saved: checkpoint.Checkpointer):
    self._exp, self._folder = exp, pathlib.Path(workdir) / FOLDER
    policy = exp.config['checkpoint']
    self._keep, name = policy['keep_best'], policy['best']
    self._sign = {'+': 1, '-': -1}.get(name[:1])
    self._name = name.lstrip('+-')
    self._scores: dict[int, float] = {}
    if not name:
      return
    errors.choose('evaluator in config.checkpoint.best',
                  self._name.split('/')[0], exp.config['evals'])
    if self._sign is None:
      better = metrics.direction(self._name)
      if better is None:
        raise errors.ConfigError(
            f'config.checkpoint.best={name!r}: is higher better, or lower? '
            f'Say +{name} or -{name}')
      self._sign = 1 if better == 'higher' else -1
    self._scores = saved.scores()

  def score(self, step: int, values: Mapping[str, Any]) -> float | None:
    """The score of `step`, higher being better; None if it has none.

    Args:
      step: of the state.
      values: of all evaluators that ran, by name; over seeds their mean counts.
    """
    if not self._name or not any(
        k.split('/')[0] == self._name.split('/')[0] for k in values):
      return None
    value = float(np.mean(errors.choose(
        'number in config.checkpoint.best', self._name, values)))
    return None if np.isnan(value) else self._sign * value

  def is_best(self, step: int, score: float | None) -> bool:
    """Whether `score` is among those to be kept; equals are not better."""
    return score is not None and step in keeping.best(
        {**self._scores, step: score}, self._keep)

  def export(self, step: int, state: State, score: float) -> None:
    """Writes the nets of a step, and drops those that are best no more.

    All processes call it; the main one writes.
    """
    self._scores[step] = score
    kept = keeping.best(self._scores, self._keep)
    nets = {
        f'{net}/{k}': np.ascontiguousarray(records.host(v))
        for net, tree in sampled(self._exp, state).items()
        for k, v in flax.traverse_util.flatten_dict(tree, sep='/').items()}
    if not sharding.is_main():
      return
    about = dict(
        step=step, metric=self._name, value=self._sign * score,
        system=self._exp.config['system'], seed=self._exp.config['seed'],
        seeds=self._exp.config['seeds'], averaged=sorted(state.ema),
        model=self._exp.config['model'])
    files.write_atomic(self._folder / f'{step}.safetensors',
                       safetensors.numpy.save(nets))
    files.write_atomic(self._folder / f'{step}.json',
                       json.dumps(about, indent=2))
    for path in self._folder.iterdir():
      if path.stem.isdecimal() and int(path.stem) not in kept:
        path.unlink()


def sampled(exp: experiment.Experiment, state: State
            ) -> dict[str, dict[str, Any]]:
  """{net: variables} of the nets that samples are made with.

  Averaged params take the place of a net's own.
  """
  out = {}
  for net in sorted(_used(exp, state)):
    params = state.ema.get(net, state.params[net])
    out[net] = {'params': params, **state.stats[net]}
  return out


def _used(exp: experiment.Experiment, state: State) -> Collection[str]:
  """Names of nets that `Game.sample` looks at, found by tracing it."""
  seen: set[str] = set()

  class Watched(dict):
    def __getitem__(self, name):
      seen.add(name)
      return super().__getitem__(name)

  def trace(params, stats, batch):
    turn = Turn(exp.game, shapes.replace(params=params, stats=stats), batch,
                jax.random.key(0), stage=exp.game.stage(0), train=False)
    turn.params = Watched(turn.params)
    return exp.game.sample(turn)

  shapes = jax.eval_shape(exp.init)
  if exp.config['seeds'] > 1:
    shapes = jax.tree.map(
        lambda x: jax.ShapeDtypeStruct(x.shape[1:], x.dtype),
        shapes.replace(step=None)).replace(step=shapes.step)
  zeros = lambda tree: jax.tree.map(
      lambda x: jax.numpy.zeros(x.shape, x.dtype), tree)
  shapes = shapes.replace(step=0, memory=zeros(shapes.memory))
  jax.eval_shape(trace, shapes.params, shapes.stats, exp.source.spec.zeros(1))
  return seen


def load(path: files.PathLike) -> tuple[dict[str, dict], dict[str, Any]]:
  """({net: variables}, what the JSON says) of best/<step>.safetensors."""
  path = pathlib.Path(path)
  nets = flax.traverse_util.unflatten_dict(
      safetensors.numpy.load_file(path), sep='/')
  return nets, json.loads(path.with_suffix('.json').read_text())
