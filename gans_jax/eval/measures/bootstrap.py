"""Bootstrap intervals, for statistics that allow them.

Sound for means of per-sample values (confidence, accuracy, LPIPS, shares) and
for smooth functions of moments. Not for what depends on nearest neighbours
(precision, recall, coverage, authenticity, duplicates): a resample holds
copies at distance 0. A Fréchet distance of resamples is biased upwards by
about as much again as the statistic itself is; use KID's standard error.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

RESAMPLES = 1000


class Interval(NamedTuple):
  """A value and its percentile interval."""

  value: float
  low: float
  high: float


def mean(values: np.ndarray, level: float = .95, resamples: int = RESAMPLES,
         seed: int = 0) -> Interval:
  """The mean of per-sample values [N], with Efron's percentile interval.

  Raises:
    ValueError: fewer than 2 values, nan or infinite ones, or such a level.
  """
  values = np.asarray(values, np.float64)
  if values.ndim != 1 or not np.isfinite(values).all():
    raise ValueError(f'values {list(values.shape)} must be finite numbers [N]')
  return statistic(lambda rows: float(values[rows].mean()), len(values), level,
                   resamples, seed)


def statistic(score: Callable[[np.ndarray], float], n: int, level: float = .95,
              resamples: int = RESAMPLES, seed: int = 0) -> Interval:
  """`score` of all n samples, with the interval of resamples of indices.

  Args:
    score: of the samples of these indices, which may repeat.
    n: samples.
    level: of the interval.
    resamples: how many.
    seed: of these.

  Raises:
    ValueError: fewer than 2 samples or 1 resample, or a level that is none.
  """
  if n < 2 or resamples < 1 or not 0 < level < 1:
    raise ValueError(f'an interval of level {level} of {n} samples from '
                     f'{resamples} resamples')
  rng = np.random.default_rng(seed)
  found = [score(rng.integers(n, size=n)) for _ in range(resamples)]
  low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
  return Interval(float(score(np.arange(n))), float(low), float(high))
