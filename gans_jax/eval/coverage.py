"""How much of the data a generator covers: modes of a mixture, and labels.

Pure numpy. The protocol of the 2-D mixtures is PacGAN's (Lin et al. 2018,
arXiv:1712.04086, section 4.1) and VEEGAN's (Srivastava et al. 2017,
arXiv:1705.07761, section 4): 2500 samples, of which one is of high quality
when it lies within three standard deviations of a centre.
"""

from typing import NamedTuple

import numpy as np

RADIUS = 3.0    # standard deviations
ROBUST = 20     # samples that a mode needs before one believes in it


class Coverage(NamedTuple):
  """What samples cover of a mixture of K isotropic Gaussians.

  Attributes:
    modes: modes with at least one high-quality sample, the published count.
    modes_20: modes with at least 20, which stray points cannot reach.
    hq: share of samples of high quality, 0 to 1.
    reverse_kl: `sum_k c_k log(c_k K)` in nats, with `c_k` the share of the
      high-quality samples at mode k. A perfect sampler expects
      `(K - 1) / (2 hits)`, not 0. Without any hit it is nan.
  """

  modes: int
  modes_20: int
  hq: float
  reverse_kl: float


def nearest(x: np.ndarray, centres: np.ndarray
            ) -> tuple[np.ndarray, np.ndarray]:
  """The nearest centre of each point, and how far away it is.

  Args:
    x: points [N, D].
    centres: [K, D].

  Returns:
    Indices [N] in 0..K-1 and Euclidean distances [N], float64.
  """
  x, centres = np.asarray(x, np.float64), np.asarray(centres, np.float64)
  if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1]:
    raise ValueError(f'points [N, D] and centres [K, D] are needed, not '
                     f'{x.shape} and {centres.shape}')
  distance = np.linalg.norm(x[:, None] - centres[None], axis=-1)    # [N, K]
  index = np.argmin(distance, axis=1)
  return index, distance[np.arange(len(x)), index]


def coverage(x: np.ndarray, centres: np.ndarray, std: float) -> Coverage:
  """Modes, quality and balance of samples of an equally weighted mixture.

  Args:
    x: samples [N, D]. One that is not finite is of low quality.
    centres: [K, D].
    std: standard deviation of every mode, in the units of `x`.

  Returns:
    A `Coverage`.
  """
  index, distance = nearest(x, centres)
  good = distance <= RADIUS * std    # nan compares as false
  hits = np.bincount(index[good], minlength=len(centres))
  return Coverage(
      modes=int(np.sum(hits > 0)), modes_20=int(np.sum(hits >= ROBUST)),
      hq=float(np.mean(good)), reverse_kl=kl_from_uniform(hits))


def kl_from_uniform(counts: np.ndarray) -> float:
  """`sum_k c_k log(c_k K)` in nats for `counts` [K]; nan if all are 0."""
  return float(np.log(len(counts)) - entropy(counts))


def entropy(counts: np.ndarray) -> float:
  """Entropy in nats of the shares of `counts` [K]; nan if all are 0.

  Ten digits in equal shares have log 10 = 2.3026; a generator that has
  collapsed to one of them has 0.
  """
  counts = np.asarray(counts, np.float64)
  if not counts.sum():
    return float('nan')
  share = counts[counts > 0] / counts.sum()
  return float(max(0., -np.sum(share * np.log(share))))


def label_entropy(labels: np.ndarray, classes: int) -> float:
  """Entropy in nats of the shares of integer `labels` [N] in 0..classes-1."""
  return entropy(np.bincount(labels, minlength=classes))
