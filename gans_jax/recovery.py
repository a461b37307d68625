"""Numbers that are no longer finite: found between dispatches, and answered.

`config.faults.nan` says how: 'stop' ends the run; 'rollback' goes back to the
last sound checkpoint and on with other noise, at most `faults.retries` times a
run. How often that was is saved with every checkpoint, and the key of a retry
follows from it, so a run that is killed meanwhile retries as it would have.
"""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from absl import logging

from gans_jax import errors, evaluation, experiment, sharding
from gans_jax.game import State


class NotFinite(Exception):
  """A loss, or a param, is no longer finite in every seed."""

  def __init__(self, what: str, step: int):
    super().__init__(f'{what} at step {step}')
    self.what, self.step = what, step


class Finite:
  """Raises NotFinite where a run has broken; warns where one seed has.

  Args:
    losses: their names in the order of the round.
    seeds: runs side by side.
  """

  def __init__(self, losses: Sequence[str], seeds: int):
    self._losses, self._seeds = losses, seeds
    self._warned: set[str] = set()

  def losses(self, step: int, logged: dict[str, np.ndarray]) -> None:
    """Looks at a dispatch's metrics [rounds, (seeds)]; `play` logs inf.

    The first move in the first round is named: the others follow from it.

    Args:
      step: after the dispatch.
      logged: by name.
    """
    broken = {k: np.isinf(logged[k]) for k in self._losses if k in logged}
    broken = {k: v for k, v in broken.items() if v.any()}
    if not broken:
      return
    first = lambda k: int(np.argwhere(broken[k])[0][0])
    name = min(broken, key=first)     # of equals the one that is played first
    seeds = broken[name]
    at = step - len(seeds) + 1 + first(name)
    what = f'loss {name!r} is not finite'
    if seeds.ndim == 1 or seeds.any(0).all():
      raise NotFinite(what, at)
    if name not in self._warned:
      self._warned.add(name)
      logging.warning('%s at step %d in seeds %s; the others go on', what, at,
                      np.flatnonzero(seeds.any(0)))

  def params(self, state: State, step: int) -> None:
    """Params that are not finite are neither evaluated nor saved."""
    sound = evaluation.finite_nets(state)
    broken = [net for net, ok in sound.items() if not ok]
    if broken and self._seeds == 1:
      raise NotFinite(f'params of {", ".join(broken)} are not finite', step)


class Rollback:
  """Answers NotFinite.

  Attributes:
    times: how often this run was rolled back, over all of its starts.
  """

  def __init__(self, exp: experiment.Experiment, saved, mesh, log, workdir,
               meta: dict[str, Any]):
    self._exp, self._saved, self._mesh = exp, saved, mesh
    self._log, self._workdir = log, workdir
    self.times = int(meta.get('rollbacks', 0))

  def __call__(self, error: NotFinite) -> tuple[int, State, dict[str, Any]]:
    """(step, state, meta) to go on from, as `begin`.

    Raises:
      errors.TrainingError: the run is to stop, or was rolled back too often.
    """
    self._log('nan', at=error.step, what=error.what)
    faults = self._exp.config['faults']
    self._saved.wait()
    if faults['nan'] == 'stop' or self.times >= faults['retries']:
      self._give_up(error, faults)
    self.times += 1
    start, state, meta = begin(self._exp, self._saved, self._mesh)
    state = another_key(state, self.times)
    self._log.step = start
    self._log('rolled_back', times=self.times)
    logging.warning('%s: back to step %d with another key (%d of %d)', error,
                    start, self.times, faults['retries'])
    return start, state, meta

  def _give_up(self, error: NotFinite, faults: dict[str, Any]) -> None:
    last = self._saved.latest()
    how = ('' if faults['nan'] == 'stop' else
           f', after {self.times} rollbacks (config.faults.retries)')
    raise errors.TrainingError(
        f'{error}{how}. ' + (
            'No checkpoint was saved before it' if last is None else
            f'The last sound checkpoint is step {last}')
        + f' in {self._workdir}; lower the learning rate, go on from there '
        'with --config.faults.nan=rollback, or start with another '
        '--config.seed in a new workdir') from error


def begin(exp: experiment.Experiment, saved, mesh
          ) -> tuple[int, State, dict[str, Any]]:
  """(step, state, meta) of the newest sound checkpoint, or a new run's."""
  found = experiment.restore(exp, saved, mesh)
  if found is not None:
    return found
  shapes = jax.eval_shape(exp.init)
  shardings = sharding.of_state(mesh, shapes, exp.config)
  fresh = jax.jit(exp.init, out_shardings=shardings)()
  return 0, experiment.warm(exp, fresh), {}


def another_key(state: State, times: int) -> State:
  """`state` with the key of its `times`-th retry; with seeds, of each."""
  def fold(key):
    one = lambda k: jax.random.fold_in(k, times)
    return jax.vmap(one)(key) if key.ndim else one(key)
  key = jax.jit(fold, out_shardings=state.key.sharding)(state.key)
  return state.replace(key=key)
