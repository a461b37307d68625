"""Kernel distance: unbiased at any number of samples, unlike a Fréchet one."""

from typing import NamedTuple

import numpy as np

from gans_jax.eval.measures import blocks


class Kernel(NamedTuple):
  """An estimate and its standard error."""

  value: float
  error: float


def polynomial(x: np.ndarray, y: np.ndarray) -> np.ndarray:
  """`(x.y / D + 1)^3`, float64: Binkowski et al. 2018, section 3."""
  k = np.asarray(x @ y.T, np.float64)
  k /= x.shape[1]
  k += 1
  return k * k * k    # numpy's power is 100 times slower


def mmd2(x: np.ndarray, y: np.ndarray) -> float:
  """Unbiased squared MMD of two sets [n, D] and [m, D].

  `sum_{i!=j} k(x_i, x_j) / n(n-1) + (the same of y) - 2 mean k(x, y)`: Gretton
  et al. 2012, eq. 3. It may be negative.

  Raises:
    ValueError: fewer than 2 samples.
  """
  x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
  if min(len(x), len(y)) < 2:
    raise ValueError(f'sets of {len(x)} and {len(y)}: at least 2 are needed')
  def within(a):
    k = polynomial(a, a)
    return (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1))
  return float(within(x) + within(y) - 2 * polynomial(x, y).mean())


def kid(real: np.ndarray, fake: np.ndarray, subsets: int = 100,
        size: int = 1000, seed: int = 0) -> Kernel:
  """Kernel Inception Distance: the mean of `mmd2` over random subsets.

  Binkowski et al. 2018 (arXiv:1801.01401), section 4; 100 subsets of 1000
  without replacement, as NVIDIA's, clean-fid's and torch-fidelity's code. Not
  multiplied by 1000.

  Args:
    real: [N, D].
    fake: [M, D].
    subsets: how many.
    size: of each; fewer where there are fewer samples.
    seed: of the subsets.

  Returns:
    The mean, and the standard error of that mean over the subsets. They
    overlap where N is not much above `size`, and then it is too small: see
    `kid_full`. It is nan of one subset.

  Raises:
    ValueError: features that are no features, or no subsets, or smaller than 2.
  """
  real, fake = blocks.checked(real, fake)
  if subsets < 1 or size < 2:
    raise ValueError(f'{subsets} subsets of {size}: at least 1 of 2 is needed')
  size = min(size, len(real), len(fake))
  rng, values = np.random.default_rng(seed), []
  for _ in range(subsets):
    a = rng.choice(len(real), size, replace=False)
    b = rng.choice(len(fake), size, replace=False)
    values.append(mmd2(real[a], fake[b]))
  error = np.std(values, ddof=1) / np.sqrt(subsets) if subsets > 1 else np.nan
  return Kernel(float(np.mean(values)), float(error))


def kid_full(real: np.ndarray, fake: np.ndarray) -> Kernel:
  """`mmd2` of all samples at once, with a jackknife standard error.

  Args:
    real: [N, D].
    fake: [M, D].

  Returns:
    The estimate; its error is that of leaving out one sample, real ones and
    fake ones apart, `sqrt((n-1)/n sum (v_i - mean v)^2)` each, added in
    squares. Memory is that of a block of kernel values.
  """
  real, fake = (x.astype(np.float64) for x in blocks.checked(
      real, fake, least=3))
  n, m = len(real), len(fake)
  xx, yy = _rows(real, real, True), _rows(fake, fake, True)
  xy, yx = _rows(real, fake), _rows(fake, real)
  sx, sy, sxy = xx.sum(), yy.sum(), xy.sum()
  value = sx / (n * (n - 1)) + sy / (m * (m - 1)) - 2 * sxy / (n * m)
  # Without real sample i its row goes, and its column, which is the same.
  real_out = ((sx - 2 * xx) / ((n - 1) * (n - 2)) + sy / (m * (m - 1))
              - 2 * (sxy - xy) / ((n - 1) * m))
  fake_out = (sx / (n * (n - 1)) + (sy - 2 * yy) / ((m - 1) * (m - 2))
              - 2 * (sxy - yx) / (n * (m - 1)))
  variance = sum((len(v) - 1) / len(v) * np.sum((v - v.mean()) ** 2)
                 for v in (real_out, fake_out))
  return Kernel(float(value), float(np.sqrt(variance)))


def _rows(a, b, same: bool = False) -> np.ndarray:
  """Sums [len(a)] of the kernel's rows, without the diagonal if `same`."""
  out = np.empty(len(a))
  block = blocks.rows_of(2 * len(b))    # float64
  for i in range(0, len(a), block):
    k = polynomial(a[i:i + block], b)
    if same:
      k[np.arange(len(k)), np.arange(i, i + len(k))] = 0
    out[i:i + block] = k.sum(1)
  return out
