"""Energy distance of two samples."""

import numpy as np

CHUNK = 1000


def distance(x: np.ndarray, y: np.ndarray) -> float:
  """`2 E|X - Y| - E|X - X'| - E|Y - Y'|`, without bias.

  Székely and Rizzo 2013 ("Energy statistics"). It is 0 of equal distributions
  alone; in the units of the data. Of samples of one distribution it may be a
  little below 0.

  Args:
    x: [N, ...] finite, N of 2 or more.
    y: [M, ...], likewise.

  Raises:
    ValueError: fewer, other shapes, or numbers that are not finite.
  """
  x, y = (np.asarray(v, np.float64).reshape(len(v), -1) for v in (x, y))
  if min(len(x), len(y)) < 2 or x.shape[1] != y.shape[1]:
    raise ValueError(f'an energy distance is of two samples or more of one '
                     f'shape, not of {x.shape} and {y.shape}')
  if not (np.isfinite(x).all() and np.isfinite(y).all()):
    raise ValueError('an energy distance of nan or infinite numbers')
  within = lambda v: _total(v, v) / (len(v) * (len(v) - 1))
  return float(2 * _total(x, y) / (len(x) * len(y)) - within(x) - within(y))


def _total(x: np.ndarray, y: np.ndarray) -> float:
  """The sum of all distances of [N, D] and [M, D]."""
  return sum(float(np.linalg.norm(part[:, None] - y[None], axis=-1).sum())
             for part in (x[i:i + CHUNK] for i in range(0, len(x), CHUNK)))
