"""Collapse within modes: samples that too many others resemble."""

from typing import NamedTuple

import numpy as np

from gans_jax.eval.measures import blocks


class Neighbours(NamedTuple):
  """Attributes:
    worst: the largest share of other samples that lie around one sample.
    mean: the mean share: of all pairs that are that near.
    anchor: index of the worst one.
  """

  worst: float
  mean: float
  anchor: int


def neighbours(x: np.ndarray, radius: float) -> Neighbours:
  """How many samples lie within a radius of each; black-box diagnosis.

  Wu et al. 2021 (arXiv:2107.12202), section 3: the Monte Carlo collapse score
  counts neighbours around anchors, and takes the anchor with the most. It
  needs samples alone, no training data and no params.

  Args:
    x: features [N, D].
    radius: see `radius_of`.

  Raises:
    ValueError: features that are none, or fewer than two.
  """
  x, = blocks.checked(x)
  x, _ = blocks.centred(x, x)
  counts = np.empty(len(x), np.int64)
  for rows, d in blocks.squared(x, x):
    d[np.arange(len(d)), np.arange(rows.start, rows.stop)] = np.inf
    counts[rows] = np.sum(d <= radius ** 2, 1)
  share = counts / (len(x) - 1)
  return Neighbours(float(share.max()), float(share.mean()),
                    int(share.argmax()))


def radius_of(x: np.ndarray, share: float = 1e-3) -> float:
  """The distance within which that share of all pairs of x [N, D] lie.

  Raises:
    ValueError: fewer than one such pair.
  """
  x, = blocks.checked(x)
  x, _ = blocks.centred(x, x)
  n = len(x)
  count = int(share * n * (n - 1) / 2)
  if not 0 < share < 1 or count < 1:
    raise ValueError(f'{share} of the pairs of {n} samples is less than one')
  near = np.zeros(0, np.float32)
  for rows, d in blocks.squared(x, x):
    i = np.arange(rows.start, rows.stop)
    near = np.concatenate([near, d[np.arange(n) > i[:, None]]])
    if len(near) > count:
      near = np.partition(near, count - 1)[:count]
  return float(np.sqrt(near.max()))
