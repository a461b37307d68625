"""Distances between large sets of features, a block at a time."""

from collections.abc import Iterator

import numpy as np

BLOCK = 2000    # rows: a block of 2000 x 10,000 float32 distances is 80 MB


def checked(*sets: np.ndarray, least: int = 2) -> list[np.ndarray]:
  """Sets of features as float32 [N, D].

  Raises:
    ValueError: not [N, D], of different D, nan or infinite, or fewer than
      `least`.
  """
  out = []
  for x in sets:
    x = np.asarray(x)
    if x.ndim != 2:
      raise ValueError(f'features are [N, D], not {list(x.shape)}')
    if len(x) < least:
      raise ValueError(f'{len(x)} features, and at least {least} are needed')
    if not np.isfinite(x).all():
      raise ValueError('features are nan or infinite')
    if out and x.shape[1] != out[0].shape[1]:
      raise ValueError(f'features of {out[0].shape[1]} and of {x.shape[1]} '
                       'dimensions: they are of different extractors')
    out.append(x.astype(np.float32, copy=False))
  return out


def centred(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Both less the mean of `a`: |x|^2 + |y|^2 - 2xy then cancels less."""
  mean = a.mean(0, dtype=np.float64).astype(np.float32)
  return a - mean, b - mean


def squared(a: np.ndarray, b: np.ndarray, block: int = BLOCK
            ) -> Iterator[tuple[slice, np.ndarray]]:
  """Squared Euclidean distances, rows of `a` at a time.

  In float32 by one matrix product a block; the error of a squared distance is
  about 1e-6 of the squared norms, which `centred` makes small.

  Args:
    a: [N, D] float32.
    b: [M, D] float32.
    block: rows at a time.

  Yields:
    (rows of a, distances [rows, M] >= 0).
  """
  norm = np.einsum('nd,nd->n', b, b)
  for start in range(0, len(a), block):
    rows = slice(start, min(start + block, len(a)))
    part = a[rows]
    d = part @ b.T
    d *= -2
    d += norm
    d += np.einsum('nd,nd->n', part, part)[:, None]
    yield rows, np.maximum(d, 0, out=d)
