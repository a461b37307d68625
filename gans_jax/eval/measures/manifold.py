"""Manifolds estimated by balls around samples: quality apart from diversity.

Real and fake features are each covered by balls that reach to the k-th
neighbour of the same set; a sample counts if it lies in a ball of the other
set. All numbers come from one pass over the distances, a block at a time, on
the host: features may come from any number of devices.
"""

from typing import NamedTuple

import numpy as np

from gans_jax.eval.measures import blocks


class Manifold(NamedTuple):
  """Shares of samples, and density.

  Attributes:
    precision: of fakes within the real manifold.
    recall: of reals within the fake manifold.
    density: mean number of real balls a fake lies in, over k.
    coverage: share of real balls that hold a fake.
  """

  precision: float
  recall: float
  density: float
  coverage: float


def radii(x: np.ndarray, k: int, block: int | None = None) -> np.ndarray:
  """Squared distance [N] of each sample to its k-th neighbour in the set.

  The sample itself does not count; the set has more than k. Every distance is
  found once, and serves the rows of its block and the later columns.
  """
  near = np.full((len(x), k), np.inf, np.float32)    # k least so far
  for rows, d in blocks.upper(x, block):
    later = slice(rows.stop, None)
    # A column's distances are made contiguous to be partitioned fast.
    near[later] = _least(near[later], np.ascontiguousarray(
        d[:, len(d):].T))
    near[rows] = _least(near[rows], d)
  return near.max(1)


def _least(near, d):
  """The k least of each row of `near` [n, k] and `d` [n, m], overwritten."""
  k = near.shape[1]
  if k < d.shape[1]:
    d.partition(k - 1, axis=1)
    d = d[:, :k]
  both = np.concatenate([near, d], 1)
  both.partition(k - 1, axis=1)
  return both[:, :k]


def manifold(real: np.ndarray, fake: np.ndarray, k: int = 3,
             closed: bool = True, block: int | None = None) -> Manifold:
  """Improved precision and recall, density and coverage.

  Kynkäänniemi et al. 2019 (arXiv:1904.06991), eqs. 1-3: k = 3, balls are
  closed (distance <= radius), as NVIDIA's code. Naeem et al. 2020
  (arXiv:2002.09797), eqs. 3-4: k = 5, balls are open, as `prdc`.

  Args:
    real: [N, D].
    fake: [M, D].
    k: neighbour that a ball reaches to.
    closed: whether a sample on the sphere is inside.
    block: rows of distances at a time; as many as make blocks of 134 MB by
      default, of which there are two at once.

  Returns:
    A `Manifold`. Two equal sets of samples have precision and recall 1 with
    closed balls.

  Raises:
    ValueError: features that are no features, or k + 1 or fewer of them.
  """
  if k < 1:
    raise ValueError(f'k={k}: balls reach to the first neighbour or further')
  real, fake = blocks.checked(real, fake, least=k + 2)
  real, fake = blocks.centred(real, fake)
  real_radii, fake_radii = radii(real, k, block), radii(fake, k, block)
  inside = np.less_equal if closed else np.less
  balls = np.zeros(len(fake), np.int64)    # real balls that a fake lies in
  recalled = np.empty(len(real), bool)
  covered = np.empty(len(real), bool)
  for rows, d in blocks.squared(real, fake, block):
    hit = inside(d, real_radii[rows, None])
    balls += hit.sum(0)
    # Any fake within the ball: the same as the nearest one within it.
    covered[rows] = hit.any(1)
    recalled[rows] = inside(d, fake_radii[None]).any(1)
  return Manifold(precision=float(np.mean(balls > 0)),
                  recall=float(np.mean(recalled)),
                  density=float(balls.sum() / (k * len(fake))),
                  coverage=float(np.mean(covered)))


def realism(real: np.ndarray, fake: np.ndarray, k: int = 3) -> np.ndarray:
  """How deep each fake lies in the real manifold: [M], 1 and above is inside.

  `max over reals of radius / distance` (Kynkäänniemi et al. 2019, eq. 4), over
  the half of the balls with the smaller radii, since large ones are outliers'.
  """
  real, fake = blocks.checked(real, fake, least=k + 2)
  real, fake = blocks.centred(real, fake)
  r = radii(real, k)
  keep = r <= np.median(r)
  r = r[keep]
  out = np.empty(len(fake))
  for rows, d in blocks.squared(fake, real[keep]):
    out[rows] = np.sqrt(np.max(r / np.maximum(d, 1e-12), 1))
  return out
