"""Does a generator's picture move and turn as it is told?

Karras et al. 2021 (arXiv:2106.12423), section 3 and appendix E: PSNR between
the picture of a transformed synthesis and the transformed picture, in dB, over
the pixels that can be compared. Published numbers are of 50,000 pictures.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

LANCZOS, MAXIMUM, UP, REACH_OF_FILTER = 3, 6, 4, 64
REACH = .125    # of translations, in sides of a picture

# (codes, matrix [3, 3]) -> pictures [N, H, W, C] in [-1, 1]. The picture at
# place r shows what it shows without a matrix at `matrix r`; places are (right,
# down, 1) from the middle, in sides of the picture. Noise inputs stay.
Generate = Callable[[Any, np.ndarray], np.ndarray]


class Moved(NamedTuple):
  """Pictures, and a mask [H, W] of the pixels that count."""

  x: np.ndarray
  mask: np.ndarray


def eq_t(generate: Generate, codes: Iterable[Any], whole: bool = True,
         seed: int = 0) -> float:
  """EQ-T in dB: translations by up to an eighth of the picture.

  Args:
    generate: the synthesis.
    codes: batches; each is moved by a vector of its own.
    whole: by whole pixels (eqt50k_int); else by fractions (eqt50k_frac).
    seed: of the vectors.
  """
  rng = np.random.default_rng(seed)

  def compare(batch):
    still = np.asarray(generate(batch, np.eye(3)), np.float64)
    size = np.array(still.shape[2:0:-1])    # width, height
    by = rng.uniform(-REACH, REACH, 2) * size
    by = np.rint(by) if whole else by
    moved = generate(batch, shift(*(-by / size)))
    want = translate(still, *by)
    return want.x, moved, want.mask
  return psnr(map(compare, codes))


def eq_r(generate: Generate, codes: Iterable[Any], seed: int = 0) -> float:
  """EQ-R in dB: turns by any angle; as `eq_t`.

  Turned pixels can't hold the corners of the spectrum, so both sides are
  brought to what they have in common: the picture of the turned synthesis goes
  through the same filter without being resampled.
  """
  rng = np.random.default_rng(seed)

  def compare(batch):
    angle = rng.uniform(-np.pi, np.pi)
    want = rotate(generate(batch, np.eye(3)), angle)
    turned = pseudo_rotate(generate(batch, rotation(-angle)), angle)
    return want.x, turned.x, want.mask * turned.mask
  return psnr(map(compare, codes))


def psnr(parts: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
  """`20 log10 2 - 10 log10 MSE` of pictures in [-1, 1]; inf if they are equal.

  Squares and masks are summed over all before they are divided.

  Args:
    parts: pictures [N, H, W, C] twice, and the mask [H, W] of what counts.

  Raises:
    ValueError: no pixel counts, or nan.
  """
  squares = pixels = 0.
  for a, b, mask in parts:
    gap = (np.asarray(a, np.float64) - b) ** 2
    squares += float(np.sum(gap * mask[:, :, None]))
    pixels += float(mask.sum()) * a.shape[0] * a.shape[3]
  if not pixels or not np.isfinite(squares):
    raise ValueError('no pixel can be compared, or pictures are nan')
  with np.errstate(divide='ignore'):
    return float(20 * np.log10(2) - 10 * np.log10(squares / pixels))


def rotation(angle: float) -> np.ndarray:
  """Matrix [3, 3] of a turn, counterclockwise as one sees it."""
  s, c = np.sin(angle), np.cos(angle)
  return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.]])


def shift(right: float, down: float) -> np.ndarray:
  """Matrix [3, 3] of a translation."""
  return np.array([[1, 0, right], [0, 1, down], [0, 0, 1.]])


def translate(x: np.ndarray, right: float, down: float, a: int = LANCZOS
              ) -> Moved:
  """Pictures moved by pixels; by fractions with a Lanczos filter of 2a taps.

  Pixels that the filter fills from beyond the border don't count.
  """
  x, masks = np.asarray(x, np.float64), []
  for axis, by in ((1, down), (2, right)):
    n = x.shape[axis]
    whole = int(np.floor(by))
    part = by - whole
    k = np.arange(1 - a, a + 1) if part else np.zeros(1, int)
    taps = np.sinc(k - part) * _window(k - part, a)
    taps = taps / taps.sum()
    # Place i of the output shows the input at i - by.
    source = np.arange(n)[:, None] - whole - k
    inside = (source >= 0) & (source < n)
    picked = np.take(x, np.clip(source, 0, n - 1), axis)
    x = np.sum(picked * (taps * inside).reshape(
        (n, len(k), 1, 1) if axis == 1 else (n, len(k), 1)), axis + 1)
    masks.append(inside.all(1))
  return Moved(x, np.outer(*masks).astype(float))


def rotate(x: np.ndarray, angle: float) -> Moved:
  """Pictures turned about their middle, by the filter of appendix E.3.

  Four times finer by the oriented filter, and from there bilinearly.
  """
  x, up = np.asarray(x, np.float64), UP
  matrix = rotation(angle)
  f = bandlimit(matrix, amax=MAXIMUM, up=up)
  margin, (h, w) = len(f) // 2, x.shape[1:3]
  fine = np.zeros((x.shape[0], h * up, w * up, x.shape[3]))
  fine[:, ::up, ::up] = x
  fine = _convolve(fine, f) * up ** 2    # pixel 0 lies at `margin`
  row, column = np.meshgrid(np.arange(h), np.arange(w), indexing='ij')
  middle = np.array([(w - 1) / 2, (h - 1) / 2])[:, None]
  place = np.stack([column.ravel(), row.ravel()]) - middle
  source = np.linalg.inv(matrix[:2, :2]) @ place + middle    # of the input
  at = source * up + margin
  mask = np.all((source * up >= margin) & (
      source * up <= (2 * middle * up - margin)), 0)
  low = np.floor(at).astype(int)
  part, out = at - low, 0.
  limit = np.array([fine.shape[2], fine.shape[1]])[:, None] - 1
  for i in (0, 1):
    for j in (0, 1):
      c, r = np.clip(low + [[i], [j]], 0, limit)
      weight = (np.abs(1 - i - part[0]) * np.abs(1 - j - part[1]))
      out = out + fine[:, r, c] * weight[:, None]
  return Moved(out.reshape(x.shape), mask.reshape(h, w).astype(float))


def pseudo_rotate(x: np.ndarray, angle: float) -> Moved:
  """Pictures through the filter of a turn, as they stand."""
  x = np.asarray(x, np.float64)
  f = bandlimit(rotation(-angle), amax=MAXIMUM, up=1)
  margin, (h, w) = len(f) // 2, x.shape[1:3]
  x = _convolve(x, f)[:, margin:margin + h, margin:margin + w]
  mask = np.zeros((h, w))
  mask[margin:h - margin, margin:w - margin] = 1
  return Moved(x, mask)


def bandlimit(matrix: np.ndarray, a: int = LANCZOS, amax: int = MAXIMUM,
              up: int = UP) -> np.ndarray:
  """The oriented filter of an affine resampling, [n, n], n = 2 amax up - 1.

  What the input's pixels and the output's can both hold: a square sinc,
  convolved with the output's square sinc as it lies in the input; windowed by
  the two Lanczos windows, convolved likewise. Each of the `up`^2 phases sums
  to the same, so that flat pictures stay flat.

  Args:
    matrix: [3, 3] from places of the input to places of the output.
    a: reach of each Lanczos window, in pixels.
    amax: reach of the filter.
    up: places a pixel.
  """
  reach = REACH_OF_FILTER * up
  # Places from the middle outwards and then from the far end, as the FFT has.
  place = np.roll((np.arange(2 * reach - 1) + 1 - reach) / up, 1 - reach)
  y, x = np.meshgrid(place, place, indexing='ij')
  u, v = matrix[:2, :2] @ np.stack([x.ravel(), y.ravel()])
  u, v = u.reshape(x.shape), v.reshape(x.shape)
  both = lambda p, q: np.fft.irfft2(
      np.fft.rfft2(p) * np.fft.rfft2(q), s=p.shape)
  f = both(np.sinc(x) * np.sinc(y), np.sinc(u) * np.sinc(v))
  f = f * both(_window(x, a) * _window(y, a), _window(u, a) * _window(v, a))
  n = amax * up - 1
  f = np.roll(f, (n, n), (0, 1))[:2 * n + 1, :2 * n + 1]
  phases = np.pad(f, ((0, 1), (0, 1))).reshape(2 * amax, up, 2 * amax, up)
  phases = phases / phases.sum((0, 2), keepdims=True) / up ** 2
  return phases.reshape(2 * amax * up, 2 * amax * up)[:-1, :-1]


def _window(x, a):
  return np.where(np.abs(x) < a, np.sinc(x / a), 0)


def _convolve(x, f):
  """All of [N, H, W, C] * [n, n]: [N, H + n - 1, W + n - 1, C]."""
  size = [x.shape[i + 1] + f.shape[i] - 1 for i in (0, 1)]
  spectrum = np.fft.rfft2(x, size, (1, 2)) * np.fft.rfft2(
      f, size)[None, :, :, None]
  return np.fft.irfft2(spectrum, size, (1, 2))
