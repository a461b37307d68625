"""The birthday paradox: a batch with duplicates comes of a small support."""

import math
from typing import NamedTuple

import numpy as np

from gans_jax.eval.measures import blocks

LEVEL = .95


class Support(NamedTuple):
  """Attributes:
    collisions: pairs of duplicates per batch, on average.
    rate: share of batches with a duplicate.
    size: estimate of how many samples a uniform support would have; infinite
      without any collision.
    low: its 95% interval; this is a bound even without a collision.
    high: infinite without any collision.
  """

  collisions: float
  rate: float
  size: float
  low: float
  high: float


def support(collisions: np.ndarray, size: int) -> Support:
  """Size of the support from collisions in batches.

  Arora and Zhang 2018 (arXiv:1706.08224), section 2: if a batch of s holds a
  duplicate half the time, the support is about s^2, theorem 1 (s^2 / (2 ln 2)
  for a uniform one). Here all pairs count: of a uniform support of N, the
  number of equal pairs in B batches has mean `lambda = B s (s - 1) / 2N`, and
  is about Poisson where s is far below N. So `N = B s (s - 1) / (2 pairs)`, and
  the exact interval of a Poisson mean gives that of N. A support that is not
  uniform is larger than N, which is 1 / sum p^2.

  Args:
    collisions: pairs of duplicates in each batch, [B].
    size: s, samples of a batch.

  Raises:
    ValueError: no batches, or batches of one sample.
  """
  collisions = np.asarray(collisions)
  if not len(collisions) or size < 2:
    raise ValueError(f'{len(collisions)} batches of {size}')
  pairs, total = len(collisions) * size * (size - 1) / 2, collisions.sum()
  low, high = poisson_interval(int(total))
  over = lambda x: pairs / x if x else math.inf
  return Support(float(collisions.mean()), float(np.mean(collisions > 0)),
                 float(over(total)), float(over(high)), float(over(low)))


def poisson_interval(count: int, level: float = LEVEL) -> tuple[float, float]:
  """Garwood's exact interval (1936) of a Poisson mean of which `count` came."""
  tail = (1 - level) / 2
  low = 0. if not count else _solve(
      lambda m: 1 - _below(count - 1, m), tail, count)
  return low, _solve(lambda m: -_below(count, m), -tail, count)


def _below(count, mean):
  """P(Poisson(mean) <= count)."""
  k = np.arange(count + 1)
  log = k * math.log(mean) - mean - np.cumsum(np.log(np.maximum(k, 1)))
  return float(np.exp(log).sum())


def _solve(rising, value, count):
  """Where a rising function of the mean has this value, by bisection."""
  low, high = 1e-12, 10 * count + 20.
  for _ in range(200):
    middle = (low + high) / 2
    low, high = (middle, high) if rising(middle) < value else (low, middle)
  return (low + high) / 2


class Pairs(NamedTuple):
  """The nearest pairs of a batch: indices [P] and [P], distances [P]."""

  first: np.ndarray
  second: np.ndarray
  distance: np.ndarray


def nearest_pairs(x: np.ndarray, most: int = 20) -> Pairs:
  """The pairs of x [N, D] that are nearest to each other, nearest first.

  Candidates for duplicates, to be looked at, as the test of Arora and Zhang
  has it: 20 of a batch.
  """
  x, = blocks.checked(x)
  x, _ = blocks.centred(x, x)
  found = [np.zeros((0, 3))]
  for rows, d in blocks.squared(x, x):
    i = np.arange(rows.start, rows.stop)
    d[np.arange(len(x)) <= i[:, None]] = np.inf    # each pair once
    keep = min(most, d.size)
    flat = np.argpartition(d, keep - 1, axis=None)[:keep]
    a, b = np.unravel_index(flat, d.shape)
    found.append(np.stack([i[a], b, d[a, b]], 1))
    both = np.concatenate(found)
    found = [both[np.argsort(both[:, 2], kind='stable')[:most]]]
  best = found[0][np.isfinite(found[0][:, 2])]
  first, second = best[:, 0].astype(int), best[:, 1].astype(int)
  # Exactly, where the matrix product has cancelled.
  exact = np.linalg.norm(x[first].astype(np.float64) - x[second], axis=1)
  order = np.argsort(exact, kind='stable')
  return Pairs(first[order], second[order], exact[order])


def duplicates(x: np.ndarray, threshold: float) -> int:
  """How many pairs of x [N, D] are nearer to each other than `threshold`."""
  x, = blocks.checked(x)
  x, _ = blocks.centred(x, x)
  total = 0
  for rows, d in blocks.squared(x, x):
    i = np.arange(rows.start, rows.stop)
    total += int(np.sum((d < threshold ** 2) & (np.arange(len(x)) > i[:, None])
                        ))
  return total
