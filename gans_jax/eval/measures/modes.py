"""Modes that a generator reaches, where each sample can be told its mode."""

from typing import NamedTuple

import numpy as np

from gans_jax.eval import coverage


class Modes(NamedTuple):
  """Attributes:
    modes: how many were hit.
    kl_uniform: `sum_k p_k log(p_k K)` in nats, p the shares of samples. n
      perfect samples expect about `(K - 1) / 2n` (26,000 of 1000 modes: .019).
    kl_data: of p from the data's shares; infinite where a mode was hit that
      the data has not.
  """

  modes: int
  kl_uniform: float
  kl_data: float


def modes(labels: np.ndarray, data: np.ndarray) -> Modes:
  """Coverage of modes 0..K-1; Metz et al. 2017 (arXiv:1611.02163), 3.3.1.

  Args:
    labels: mode of each sample, [N].
    data: counts of the data, [K].

  Raises:
    ValueError: no samples, or labels that are no modes.
  """
  labels, data = np.asarray(labels), np.asarray(data, np.float64)
  if not len(labels) or labels.min() < 0 or labels.max() >= len(data):
    raise ValueError(f'labels [N] are of 0 to {len(data) - 1}')
  counts = np.bincount(labels, minlength=len(data))
  return Modes(int(np.sum(counts > 0)), coverage.kl_from_uniform(counts),
               kl(counts, data))


def kl(p: np.ndarray, q: np.ndarray) -> float:
  """`sum p log(p / q)` in nats of the shares of counts p and q, [K] each."""
  p, q = (np.asarray(x, np.float64) / np.sum(x) for x in (p, q))
  hit = p > 0
  with np.errstate(divide='ignore'):
    return float(max(0., np.sum(p[hit] * np.log(p[hit] / q[hit]))))
