"""Structural similarity of pictures, at one scale and at several."""

import numpy as np

WEIGHTS = (.0448, .2856, .3001, .2363, .1333)
WINDOW, SIGMA = 11, 1.5
K1, K2 = .01, .03


def ssim(a: np.ndarray, b: np.ndarray, peak: float = 255.
         ) -> tuple[np.ndarray, np.ndarray]:
  """SSIM, and its product of contrast and structure: [N] each.

  Wang et al. 2004, eqs. 13-15: statistics in Gaussian windows of 11 x 11, of
  deviation 1.5 and weights that sum to 1; the mean over all places where the
  window lies within the picture, and over the channels. In pictures with a
  side below 11 the window shrinks to that side, and its deviation with it.

  Args:
    a: pictures [N, H, W, C].
    b: likewise.
    peak: between black and white.
  """
  a, b = _checked(a, b)
  size = min(WINDOW, *a.shape[1:3])
  g = np.arange(size) - (size - 1) / 2
  g = np.exp(-.5 * (g / (SIGMA * size / WINDOW)) ** 2)
  g /= g.sum()
  blur = lambda x: _along(_along(x, g, 1), g, 2)
  ma, mb = blur(a), blur(b)
  va, vb, vab = (blur(x) - y for x, y in (
      (a * a, ma * ma), (b * b, mb * mb), (a * b, ma * mb)))
  c1, c2 = (K1 * peak) ** 2, (K2 * peak) ** 2
  cs = (2 * vab + c2) / (va + vb + c2)
  light = (2 * ma * mb + c1) / (ma * ma + mb * mb + c1)
  return (light * cs).mean((1, 2, 3)), cs.mean((1, 2, 3))


def ms_ssim(a: np.ndarray, b: np.ndarray, peak: float = 255.) -> np.ndarray:
  """MS-SSIM [N]: 1 for equal pictures.

  Wang, Simoncelli and Bovik 2003, eq. 7, with their weights of five scales:
  contrast and structure of each, and the whole SSIM of the coarsest. Scales
  are halved by averaging 2 x 2 pixels; what is negative counts as 0. As in
  Karras et al. 2018, pictures of any size are taken, since windows shrink.

  Args:
    a: pictures [N, H, W, C], of 16 pixels a side or more.
    b: likewise.
    peak: between black and white.

  Raises:
    ValueError: shapes differ, or are no pictures of that size.
  """
  a, b = _checked(a, b)
  if min(a.shape[1:3]) < 2 ** (len(WEIGHTS) - 1):
    raise ValueError(f'MS-SSIM has {len(WEIGHTS)} scales, so pictures need '
                     f'16 pixels a side, not {list(a.shape[1:3])}')
  out = np.ones(len(a))
  for i, weight in enumerate(WEIGHTS):
    if i:
      a, b = _half(a), _half(b)
    whole, cs = ssim(a, b, peak)
    last = i == len(WEIGHTS) - 1
    out *= np.maximum(whole if last else cs, 0) ** weight
  return out


def _checked(a, b):
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  if a.shape != b.shape or a.ndim != 4:
    raise ValueError(f'pictures [N, H, W, C] are compared one by one, not '
                     f'{a.shape} and {b.shape}')
  return a, b


def _along(x, taps, axis):
  """Correlation with taps along an axis, where they lie within."""
  n = x.shape[axis] - len(taps) + 1
  return sum(tap * np.take(x, range(i, i + n), axis)
             for i, tap in enumerate(taps))


def _half(x):
  """Means of 2 x 2 pixels; a last odd row or column is left out."""
  n, h, w, c = x.shape
  x = x[:, :h // 2 * 2, :w // 2 * 2]
  return x.reshape(n, h // 2, 2, w // 2, 2, c).mean((2, 4))
