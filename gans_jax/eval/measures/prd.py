"""Precision and recall of distributions: a curve instead of two numbers."""

from typing import NamedTuple

import numpy as np

from gans_jax.eval.measures import blocks

ANGLES = 1001
TINY = 1e-10


class Curve(NamedTuple):
  """Precision and recall [ANGLES] for all trade-offs between them."""

  precision: np.ndarray
  recall: np.ndarray

  def f_beta(self, beta: float) -> float:
    """The greatest `(1 + b^2) p r / (b^2 p + r)` on the curve."""
    p, r = self.precision, self.recall
    return float(np.max((1 + beta ** 2) * p * r / np.maximum(
        beta ** 2 * p + r, TINY)))


def curve(real: np.ndarray, fake: np.ndarray) -> Curve:
  """The curve of two discrete distributions [K] that each sum to 1.

  Sajjadi et al. 2018 (arXiv:1806.00035), eqs. 8-10 and algorithm 1:
  `precision = sum min(l p, q)`, `recall = precision / l` for slopes
  `l = tan(angle)`, with p real and q fake.
  """
  angles = np.linspace(1e-6, np.pi / 2 - 1e-6, ANGLES)
  slopes = np.tan(angles)[:, None]
  precision = np.minimum(slopes * real, fake).sum(1)
  return Curve(np.clip(precision, 0, 1),
               np.clip(precision / slopes[:, 0], 0, 1))


def prd(real: np.ndarray, fake: np.ndarray, clusters: int = 20, runs: int = 10,
        seed: int = 0) -> Curve:
  """The mean curve over k-means clusterings of the union of both sets.

  Args:
    real: [N, D].
    fake: [N, D], as many: the paper's clusters would prefer the larger set.
    clusters: of each clustering.
    runs: clusterings.
    seed: of the clusterings.

  Returns:
    The curve; F_8 (recall) and F_1/8 (precision) are the published numbers.

  Raises:
    ValueError: sets of different sizes, or fewer samples than clusters.
  """
  real, fake = blocks.checked(real, fake, least=clusters)
  if len(real) != len(fake):
    raise ValueError(
        f'{len(real)} real and {len(fake)} fake samples: as many are needed')
  rng, found = np.random.default_rng(seed), []
  both = np.concatenate(blocks.centred(real, fake))
  for _ in range(runs):
    labels = kmeans(both, clusters, rng)
    p, q = (np.bincount(part, minlength=clusters) / len(part)
            for part in (labels[:len(real)], labels[len(real):]))
    found.append(curve(p, q))
  return Curve(*np.mean(found, 0))


def kmeans(x: np.ndarray, clusters: int, rng: np.random.Generator,
           steps: int = 100, batch: int = 1000) -> np.ndarray:
  """Labels [N] of mini-batch k-means (Sculley 2010), k-means++ centres.

  Args:
    x: [N, D] float32.
    clusters: how many; some may stay empty.
    rng: of centres and batches.
    steps: mini-batches.
    batch: samples a mini-batch.
  """
  pool = x[rng.permutation(len(x))[:10 * batch]]
  centres = pool[rng.integers(len(pool), size=1)]
  while len(centres) < clusters:
    d = _nearest(pool, centres)[1].astype(np.float64)
    total = d.sum()
    i = rng.choice(len(pool), p=d / total) if total else rng.integers(len(pool))
    centres = np.concatenate([centres, pool[i:i + 1]])
  counts = np.zeros(clusters)
  for _ in range(steps):
    part = x[rng.integers(len(x), size=min(batch, len(x)))]
    labels, _ = _nearest(part, centres)
    for k in np.unique(labels):
      mine = part[labels == k]
      counts[k] += len(mine)
      centres[k] += (mine.mean(0) - centres[k]) * (len(mine) / counts[k])
  return _nearest(x, centres)[0]


def _nearest(x, centres):
  labels = np.empty(len(x), np.int64)
  least = np.empty(len(x), np.float32)
  for rows, d in blocks.squared(x, centres):
    labels[rows] = d.argmin(1)
    least[rows] = d.min(1)
  return labels, least
