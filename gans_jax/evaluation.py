"""Between dispatches: pictures of a fixed z, evaluators, nearest neighbours.

Used by the training loop and by launch/eval.py, so that a number means the same
in both.
"""

import functools
import pathlib
from collections.abc import Callable, Iterator, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from gans_jax import drawing, experiment, records
from gans_jax.apps import inverse
from gans_jax.eval import neighbours, onepass, traverse
from gans_jax.eval.evaluators import anomaly
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.sampler import MODE, Mode, Sampler
from gans_jax.experiment import Experiment
from gans_jax.game import State, sample, take_seed

# Streams of keys, apart from those of training.
PICTURES, EVALUATION = 1, 2


class Evaluation:
  """Evaluates the states of one run, with one compiled program."""

  def __init__(self, exp: Experiment, mesh):
    self.exp, self.seeds = exp, exp.config['seeds']
    self.mesh = mesh
    self.sampler = Sampler(exp.game, exp.source, exp.config['batch'], mesh)
    # One program: leaf by leaf it would be hundreds of small ones.
    self._take = jax.jit(take_seed, out_shardings=NamedSharding(
        mesh, PartitionSpec()) if mesh is not None else None)

  def states(self, state: State) -> list[State]:
    """The states of the seeds, each as a single run would have it."""
    if self.seeds == 1:
      return [state]
    return [self._take(state, i) for i in range(self.seeds)]

  def key(self, stream: int) -> jax.Array:
    """The key of a stream of samples."""
    return jax.random.fold_in(
        jax.random.key(self.exp.config['seed']), 2 ** 31 + stream)

  def draw(self, state: State, step: int, stream: int, ema: bool = True,
           mode: Mode = MODE):
    """A function (n, labels) -> samples, from a stream of keys of its own."""
    return self.sampler.draw(state, self.key(stream), ema=ema, mode=mode,
                             stage=self.exp.game.stage(step))

  def grid(self, state: State, step: int, n: int | None = None
           ) -> np.ndarray:
    """uint8 [H, W, 3]: samples of the fixed z.

    A column for each label; of a game that draws categories, for each of them.
    """
    spec = self.exp.source.spec
    n = n or self.exp.config['samples']['n']
    state = self.states(state)[0]
    category = self.walk.category()
    if category is not None and len(spec.shapes['x']) == 3:
      k = len(self.walk.latents[category].values)
      return traverse.one(self.walk.draw(
          category, state, self.key(PICTURES), -(-n // k),
          stage=self.exp.game.stage(step)), spec)
    made = jax.eval_shape(
        functools.partial(sample, self.exp.game,
                          stage=self.exp.game.stage(step)),
        state, spec.zeros(1), jax.random.key(0))
    labels = np.arange(n) % spec.classes if 'y' in made else None
    return drawing.draw(
        self.draw(state, step, PICTURES)(n, labels), spec,
        spec.classes if labels is not None else None)

  def neighbours(self, state: State, step: int) -> np.ndarray | None:
    """uint8 [H, W, 3]: samples beside their nearest training examples.

    None for data that is not pictures.
    """
    spec = self.exp.source.spec
    if len(spec.shapes.get('x', ())) != 3:
      return None
    x = self.draw(self.states(state)[0], step, PICTURES)(10)['x']
    return neighbours.nearest_picture(x, self.exp.source, spec.range)

  def reconstructions(self, state: State, step: int) -> np.ndarray | None:
    """uint8 [H, W, 3]: held-out examples beside what G makes of their codes.

    Where anomalies are evaluated they are some of the examples, and what is
    left of each stands beside. None for a game without an encoder into 'z'.
    """
    if 'z' not in self.exp.game.encoders:
      return None
    spec = self.exp.source.spec
    p = inverse.of_run(self.exp, self.states(state)[0], step)
    for entry in self.exp.config['evals'].items():
      name, options = experiment.evaluator(*entry)
      if name == 'anomaly' and len(spec.shapes['x']) == 3:
        return inverse.picture(
            anomaly.residuals(p, options['heldout'], 50), spec)
    return inverse.picture(inverse.pairs(
        p, 50 if len(spec.shapes['x']) == 3 else 1000), spec)

  @functools.cached_property
  def walk(self) -> traverse.Traversals:
    """Goes through codes, if the game has any."""
    return traverse.Traversals(
        self.exp.game, self.exp.source, self.exp.config['batch'], self.mesh)

  def traversals(self, state: State, step: int) -> np.ndarray | None:
    """uint8 [H, W, 3]: each code through its values, all else fixed.

    None for a game without such codes.
    """
    return traverse.picture(
        self.walk, self.states(state)[0], self.key(PICTURES),
        self.exp.source.spec, stage=self.exp.game.stage(step))

  def due(self, state: State, step: int, everything: bool = False,
          progress: Callable[[int, int], None] | None = None
          ) -> Iterator[tuple[str, dict, dict]]:
    """Runs the evaluators due at `step`, or all of them.

    Those that want samples drawn in one way share one pass over them.
    `progress` is as in `run`.

    Yields:
      (label, values, protocol); a value is a number, with several seeds an
      array [seeds].
    """
    labels = [label for label, options in self.exp.config['evals'].items()
              if everything or (options.get('every', 0)
                                and not step % options['every'])]
    groups: dict[tuple[bool, Mode], dict[str, Evaluator]] = {}
    for label in labels:
      groups.setdefault(experiment.mode(self.exp.config, label), {})[
          label] = self.exp.evaluators[label]
    for (ema, mode), evaluators in groups.items():
      yield from self.run(
          evaluators, state, step, ema, mode, progress=progress)

  def run(self, evaluators: Mapping[str, Evaluator], state: State, step: int,
          ema: bool = True, mode: Mode = MODE,
          store: pathlib.Path | None = None,
          progress: Callable[[int, int], None] | None = None
          ) -> Iterator[tuple[str, dict, dict]]:
    """Runs evaluators, in one pass over the samples of each seed.

    Args:
      evaluators: by label.
      state: of one seed, or of all.
      step: of the state.
      ema: whether averaged params are used, if there are any.
      mode: of sampling.
      store: folder where features are kept until a pass is over, so that a
        killed one goes on.
      progress: called with how many samples are done, of how many, in all.

    Yields:
      as `due`.
    """
    if not evaluators:
      return
    game, rows = self.exp.game, []
    ema = ema and bool(game.ema)
    n = max(e.n for e in evaluators.values())
    for i, s in enumerate(self.states(state)):
      draw = self.draw(s, step, EVALUATION, ema, mode)
      # A seed that diverged scores nan; the others still count.
      rows.append(onepass.run(
          evaluators, draw, probe=onepass.Probe(
              game, s.replace(params={**s.params, **(s.ema if ema else {})}),
              self.exp.source, self.key(EVALUATION), game.stage(step)),
          store=store and onepass.Store(store, dict(
              n=n, params=records.checksums(records.leaves(s)),
              protocol=draw.protocol, batch=draw.batch_size,
              seed=self.exp.config['seed'])),
          progress=lambda done, _: progress and progress(
              i * n + done, self.seeds * n))
          if all(finite_nets(s).values()) else dict.fromkeys(evaluators, {}))
    for label, evaluator in evaluators.items():
      names = dict.fromkeys(name for row in rows for name in row[label])
      found = {k: [row[label].get(k, np.nan) for row in rows] for k in names}
      yield label, {
          f'{label}/{k}': np.array(v) if self.seeds > 1 else v[0]
          for k, v in found.items()}, dict(
              evaluator.stamp(draw), seed=self.exp.config['seed'])


def finite_nets(state: State) -> dict[str, bool]:
  """By net, whether all of its params are finite."""
  return jax.device_get(_finite(state.params))


@jax.jit
def _finite(params):
  return {net: jnp.all(jnp.stack([
      jnp.all(jnp.isfinite(x)) for x in jax.tree.leaves(tree)]))
      for net, tree in params.items() if jax.tree.leaves(tree)}
