"""How the shares of classes among samples differ from the data's."""

from typing import NamedTuple

import numpy as np


class Shares(NamedTuple):
  """Attributes:
    total_variation: `sum_k |p_k - q_k| / 2`; 0 equal, 1 disjoint. n samples of
      q itself expect about `sum_k sqrt(q_k (1 - q_k) / (2 pi n))`.
    dropped: classes with less than a tenth of their share.
    least: the smallest ratio p_k / q_k.
    chi2: `sum_k (n_k - n q_k)^2 / (n q_k)` over its degrees of freedom: about
      1 for samples of q, whatever n is; grows with n otherwise.
  """

  total_variation: float
  dropped: int
  least: float
  chi2: float


def shares(labels: np.ndarray, data: np.ndarray) -> Shares:
  """Mode dropping by classes; Santurkar et al. 2018 (arXiv:1711.00970), 2.

  Args:
    labels: class of each sample, [N].
    data: counts of the data, [K]; classes the data has not are no modes.

  Raises:
    ValueError: no samples, fewer than two classes, or labels that are none.
  """
  labels, data = np.asarray(labels), np.asarray(data, np.float64)
  if not len(labels) or labels.min() < 0 or labels.max() >= len(data):
    raise ValueError(f'labels [N] are of 0 to {len(data) - 1}')
  have = data > 0
  if have.sum() < 2:
    raise ValueError('the data has fewer than two classes')
  counts, q = np.bincount(labels, minlength=len(data)), data / data.sum()
  n = len(labels)
  p = counts / n
  ratio = p[have] / q[have]
  want = n * q[have]
  return Shares(float(np.abs(p - q).sum() / 2), int(np.sum(ratio < .1)),
                float(ratio.min()),
                float(np.sum((counts[have] - want) ** 2 / want)
                      / (have.sum() - 1)))
