"""Distances between sets of features, from their moments. Pure numpy.

All of it runs on the host in float64, whatever computed the features: the
number of devices changes nothing but the order in which `Moments` are merged.
"""

import concurrent.futures
import contextlib

import numpy as np
import threadpoolctl

EXACT = 512    # dimensions up to which singular values are found directly


class Moments:
  """Mean and covariance of a stream of features, in one pass.

  Batches are joined by the update of Chan, Golub & LeVeque (1979), which keeps
  the centred sum of squares and so does not cancel as `E[xx'] - mm'` does.
  Everything is float64 whatever the features are.

  Attributes:
    n: examples seen.
    mean: [D].
    scatter: sum of `(x - mean)(x - mean)'`, [D, D].
  """

  def __init__(self, features: np.ndarray | None = None):
    self.n, self.mean, self.scatter = 0, None, None
    if features is not None:
      self.add(features)

  def add(self, features: np.ndarray) -> 'Moments':
    """Takes in a batch [N, D]; returns itself.

    Raises:
      ValueError: a feature is nan or infinite, or D is not that of before.
    """
    x = np.asarray(features, np.float64)
    if x.ndim != 2:
      raise ValueError(f'features are [N, D], not {x.shape}')
    if not np.isfinite(x).all():
      raise ValueError('features are nan or infinite')
    if not len(x):
      return self
    batch = Moments()
    batch.n, batch.mean = len(x), x.mean(0)
    centred = x - batch.mean
    batch.scatter = centred.T @ centred
    return self.merge(batch)

  def merge(self, other: 'Moments') -> 'Moments':
    """Takes in what another has seen; returns itself."""
    if not other.n:
      return self
    if not self.n:
      self.n, self.mean, self.scatter = (
          other.n, other.mean.copy(), other.scatter.copy())
      return self
    if other.mean.shape != self.mean.shape:
      raise ValueError(f'features of {other.mean.size} dimensions, after ones '
                       f'of {self.mean.size}')
    n, gap = self.n + other.n, other.mean - self.mean
    self.scatter += other.scatter + np.outer(gap, gap) * (
        self.n * other.n / n)
    self.mean = self.mean + gap * (other.n / n)
    self.n = n
    return self

  def covariance(self, ddof: int = 1) -> np.ndarray:
    """[D, D]; divides by n - `ddof` (1 as pytorch-fid, 0 as NVlabs).

    Raises:
      ValueError: too few examples.
    """
    if self.n <= ddof:
      raise ValueError(f'a covariance of {self.n} examples')
    return self.scatter / (self.n - ddof)


def frechet(mean_1: np.ndarray, covariance_1: np.ndarray,
            mean_2: np.ndarray, covariance_2: np.ndarray) -> float:
  """Squared Fréchet distance of two Gaussians.

  `|m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2)`: Dowson & Landau 1982;
  Heusel et al. 2017 (arXiv:1706.08500), eq. 6. It is called FID only in the
  features of one certain Inception network.

  With `S = A A'`, the last trace is the sum of the singular values of `A'B`.
  So no square root of a product that is not symmetric is taken, and nothing
  complex needs to be thrown away.

  Args:
    mean_1, mean_2: [D].
    covariance_1, covariance_2: [D, D], symmetric, singular ones included.

  Returns:
    The distance, at least 0. Its error is of the order of 1e-13 of the traces
    up to 512 dimensions. Above, the eigenvalues of a Gram matrix are taken,
    which is 3 times faster: 1e-12 of the traces, and for directions in which
    one covariance is all but singular up to 1e-8 of the root of the largest
    eigenvalue of `S1 S2` each.

  Raises:
    ValueError: shapes that do not fit, nan or infinite moments, or a
      covariance that is not positive semi-definite.
  """
  mean_1, mean_2 = (np.asarray(m, np.float64) for m in (mean_1, mean_2))
  covariance_1, covariance_2 = (
      np.asarray(c, np.float64) for c in (covariance_1, covariance_2))
  _check(mean_1, covariance_1, mean_2, covariance_2)
  large = mean_1.size > EXACT
  with _one_thread() if large else contextlib.nullcontext():
    # LAPACK works outside of Python's lock: one factor on each core.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
      roots = list(pool.map(_root, (covariance_1, covariance_2)))
  cross = _cross(*roots)    # [r1, r2]
  if min(cross.shape) <= EXACT:
    overlap = np.sum(np.linalg.svd(cross, compute_uv=False))
  else:
    gram = (cross @ cross.T if cross.shape[0] <= cross.shape[1]
            else cross.T @ cross)
    with _one_thread():
      values = np.linalg.eigvalsh(gram)
    overlap = np.sum(np.sqrt(np.maximum(values, 0)))
  gap = mean_1 - mean_2
  value = (gap @ gap + np.trace(covariance_1) + np.trace(covariance_2)
           - 2 * overlap)
  return float(max(0., value))


def frechet_of(a: Moments, b: Moments) -> float:
  """`frechet` of two sets of features, with unbiased covariances."""
  return frechet(a.mean, a.covariance(), b.mean, b.covariance())


def _check(mean_1, covariance_1, mean_2, covariance_2) -> None:
  if mean_1.ndim != 1 or mean_1.shape != mean_2.shape:
    raise ValueError(
        f'means of {list(mean_1.shape)} and {list(mean_2.shape)}: they are '
        'vectors of as many dimensions, so of the same extractor')
  for name, c in (('first', covariance_1), ('second', covariance_2)):
    if c.shape != 2 * mean_1.shape:
      raise ValueError(f'the {name} covariance is {list(c.shape)} for a mean '
                       f'of {mean_1.size}')
  for values in (mean_1, covariance_1, mean_2, covariance_2):
    if not np.isfinite(values).all():
      raise ValueError('moments are nan or infinite')


def _one_thread():
  """BLAS on one thread, as a context.

  Factorisations wait for memory, and threads of BLAS for each other besides.
  On two busy cores, 2048 dimensions: eigenvalues .8 s on one thread, 2 to 18 s
  on two; Cholesky .2 s and .4 to 4 s. Products keep all threads.
  """
  return threadpoolctl.threadpool_limits(1, 'blas')


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """A'B; of two lower triangles without the products that are zero.

  Half of a dense product's work is left, by quarters down to EXACT.
  """
  n = len(a)
  h = n // 2
  if n <= max(EXACT, 1) or a.shape != b.shape or any(
      r.shape != (n, n) or r[:h, h:].any() for r in (a, b)):
    return a.T @ b
  out = np.empty((n, n))
  out[:h, :h] = _cross(a[:h, :h], b[:h, :h])
  out[:h, :h] += a[h:, :h].T @ b[h:, :h]
  np.matmul(a[h:, :h].T, b[h:, h:], out=out[:h, h:])
  np.matmul(a[h:, h:].T, b[h:, :h], out=out[h:, :h])
  out[h:, h:] = _cross(a[h:, h:], b[h:, h:])
  return out


def _root(covariance: np.ndarray) -> np.ndarray:
  """Some A [D, r] with A A' = `covariance`, of rank r."""
  try:
    return np.linalg.cholesky(covariance)
  except np.linalg.LinAlgError:
    # Dead features, or fewer examples than features. Eigenvalues that are
    # rounding of the largest are left out: they would count by their roots.
    values, vectors = np.linalg.eigh(covariance)
    tiny = np.finfo(np.float64).eps * len(values) * np.abs(values).max()
    if values[0] < -1e3 * tiny:
      raise ValueError(
          f'no covariance: it has the eigenvalue {values[0]:.3g}') from None
    keep = values > tiny
    return vectors[:, keep] * np.sqrt(values[keep])
