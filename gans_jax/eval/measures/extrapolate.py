"""Scores at infinitely many samples, from how they fall with their number."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

POINTS = 15


class Fit(NamedTuple):
  """The value at 1/N = 0, and the standard error of the fit there."""

  value: float
  error: float


def extrapolate(score: Callable[[np.ndarray], float], n: int,
                least: int | None = None, points: int = POINTS,
                seed: int = 0) -> Fit:
  """FID-infinity and its like: a line through score against 1/N, at 0.

  Chong and Forsyth 2020 (arXiv:1911.07023), section 4: the bias of FID and of
  IS is linear in 1/N to first order; 15 sizes from 5,000 to 50,000, random
  subsets.

  Args:
    score: of the samples of these indices.
    n: samples there are.
    least: of the smallest subset; a tenth of n by default, as in the paper.
    points: subsets, their sizes evenly spaced.
    seed: of the subsets.

  Returns:
    The intercept of the least squares line.

  Raises:
    ValueError: too few samples to tell a line.
  """
  least = max(2, n // 10) if least is None else least
  if n < 2 * least or points < 3:
    raise ValueError(f'{n} samples from {least} on, in {points} points: a line '
                     'needs twice as many as the least, and 3 points')
  rng = np.random.default_rng(seed)
  sizes = np.linspace(least, n, points).astype(int)
  values = [score(rng.choice(n, size, replace=False)) for size in sizes]
  x = np.stack([np.ones(points), 1 / sizes], 1)
  fit, *_ = np.linalg.lstsq(x, np.asarray(values), rcond=None)
  residual = np.asarray(values) - x @ fit
  variance = residual @ residual / (points - 2) * np.linalg.inv(x.T @ x)[0, 0]
  return Fit(float(fit[0]), float(np.sqrt(variance)))
