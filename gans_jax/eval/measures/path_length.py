"""Perceptual path length: how fast pictures change as codes do."""

import numpy as np

EPSILON = 1e-4
DROP = (1., 99.)    # percentiles


def lerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
  """`a + t (b - a)` for codes [N, ...] and t [N], in float64."""
  a, b, t = _aligned(a, b, t)
  return a + t * (b - a)


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
  """Spherical interpolation of codes [N, D] at t [N], in float64.

  Directions go along the great circle at even speed: Shoemake 1985, as Karras
  et al. 2019 have it. Theirs have unit length, which their generator gives
  every z anyway; here lengths go linearly from |a| to |b|, which is the same
  for such a generator, and on the prior for any other.
  """
  a, b, t = _aligned(a, b, t)
  axes = tuple(range(1, a.ndim))
  norm = lambda x: np.sqrt(np.sum(x ** 2, axes, keepdims=True))
  length = norm(a) + t * (norm(b) - norm(a))
  a, b = a / norm(a), b / norm(b)
  cosine = np.clip(np.sum(a * b, axes, keepdims=True), -1, 1)
  across = b - cosine * a
  size = norm(across)
  # Codes on one line have no great circle of their own: they stay.
  across = np.divide(across, size, out=np.zeros_like(across), where=size > 0)
  angle = t * np.arccos(cosine)
  return length * (np.cos(angle) * a + np.sin(angle) * across)


def _aligned(a, b, t):
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  if a.shape != b.shape or np.shape(t) != a.shape[:1]:
    raise ValueError(f'codes {a.shape} and {b.shape} at t {np.shape(t)}')
  return a, b, np.reshape(t, (-1,) + (1,) * (a.ndim - 1))


def kept(lengths: np.ndarray) -> np.ndarray:
  """Those of lengths [N] from the 1st to the 99th percentile, both included.

  The percentiles are samples: the next below the 1st, the next above the 99th.
  """
  lengths = np.asarray(lengths, np.float64)
  if lengths.ndim != 1 or not len(lengths) or not np.isfinite(lengths).all():
    raise ValueError('lengths [N] are missing, nan or infinite')
  low = np.percentile(lengths, DROP[0], method='lower')
  high = np.percentile(lengths, DROP[1], method='higher')
  return lengths[(lengths >= low) & (lengths <= high)]


def path_length(distances: np.ndarray, epsilon: float = EPSILON) -> float:
  """`E d(G(c(t)), G(c(t + eps))) / eps^2`, without the outer percentiles.

  Karras et al. 2019 (arXiv:1812.04948), eqs. 2 and 3.

  Args:
    distances: [N], each of two pictures whose codes are a step `epsilon` apart;
      a distance that goes with the square of a small change, as LPIPS does.
    epsilon: the step.

  Raises:
    ValueError: no distances, or nan.
  """
  return float(np.mean(kept(np.asarray(distances, np.float64) / epsilon ** 2)))
