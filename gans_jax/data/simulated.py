"""Data of a known simulator, whose parameters are then to be found again."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.data.sources import Arrays, arrays

SPLITS = ('train', 'test')


def simulated(split: str = 'train', n: int = 50, seed: int = 0,
              simulator: str = 'gaussian', beta: Sequence[float] = (.8,),
              options: Mapping[str, Any] = {}) -> Arrays:
  """n draws of one simulator.

  Args:
    split: 'train' or 'test', draws of their own.
    n: how many.
    seed: of the draws.
    simulator: one of gans_jax.data.simulators.
    beta: its parameters.
    options: arguments of the simulator.

  Raises:
    ConfigError: no such simulator, or another number of parameters.
  """
  import jax    # reading other data needs none

  from gans_jax.data import simulators
  if n < 1 or seed < 0:
    raise errors.ConfigError(f'simulated: n={n} must be > 0, seed={seed} >= 0')
  model = simulators.make(simulator, **options)
  if len(beta) != model.globals:
    raise errors.ConfigError(
        f'simulator {simulator!r} has {model.globals} parameters, and beta='
        f'{tuple(beta)} are {len(beta)}')
  if split not in SPLITS:
    errors.unknown('split of simulated', split, SPLITS)
  key = jax.random.fold_in(jax.random.key(seed), SPLITS.index(split))
  x, _ = model.draw(key, np.tile(np.float32(beta), (n, 1)))
  made = arrays(np.asarray(x), name='simulated', split=split)
  if x.ndim == 3:
    made.spec = dataclasses.replace(made.spec, kind='series')
  return made
