"""Sliced Wasserstein distance of patches, scale by scale."""

from typing import NamedTuple

import numpy as np

PATCH, PATCHES = 7, 128        # pixels a side; descriptors a picture
DIRECTIONS, REPEATS = 128, 4   # 512 projections in all
LEAST = 16                     # pixels of the coarsest level
TAPS = np.array([1., 4., 6., 4., 1.]) / 16


class Sliced(NamedTuple):
  """Distances by resolution, finest first, and their mean; times 1000."""

  levels: dict[int, float]
  mean: float


def sides(height: int, width: int) -> list[int]:
  """Heights of the pyramid's levels: halved while even, and 16 or more."""
  out = [height]
  while not height % 2 and not width % 2 and min(height, width) >= 2 * LEAST:
    height, width = height // 2, width // 2
    out.append(height)
  return out


def pyramid(x: np.ndarray) -> list[np.ndarray]:
  """The Laplacian pyramid of pictures [N, H, W, C], finest first.

  Burt and Adelson 1983: each level less what its half shows of it; the
  coarsest is kept whole. The sum of all, each brought up to size, is x.
  """
  x = np.asarray(x, np.float32)
  out = []
  for _ in sides(*x.shape[1:3])[1:]:
    small = _blur(x)[:, ::2, ::2]
    out.append(x - expand(small))
    x = small
  return [*out, x]


def expand(x: np.ndarray) -> np.ndarray:
  """Twice the size: zeros between pixels, blurred, times 4."""
  n, h, w, c = x.shape
  out = np.zeros((n, 2 * h, 2 * w, c), x.dtype)
  out[:, ::2, ::2] = 4 * x
  return _blur(out)


def _blur(x):
  for axis in (1, 2):
    pad = [(0, 0)] * 4
    pad[axis] = (2, 2)
    wide, n = np.pad(x, pad, 'reflect'), x.shape[axis]
    x = sum(np.float32(tap) * np.take(wide, range(i, i + n), axis)
            for i, tap in enumerate(TAPS))
  return x


def descriptors(x: np.ndarray, rng: np.random.Generator,
                patches: int = PATCHES) -> np.ndarray:
  """Random patches of pictures [N, H, W, C]: [N patches, 7, 7, C] float32."""
  n, h, w, c = x.shape
  rows = rng.integers(h - PATCH + 1, size=(n, patches, 1, 1))
  columns = rng.integers(w - PATCH + 1, size=(n, patches, 1, 1))
  place = np.arange(PATCH)
  out = x[np.arange(n)[:, None, None, None], rows + place[:, None],
          columns + place]
  return out.reshape(-1, PATCH, PATCH, c)


def normalised(patches: np.ndarray) -> np.ndarray:
  """Mean 0 and deviation 1 of each channel, over all: [M, 49 C].

  A channel that is the same everywhere is 0.
  """
  axes = (0, 1, 2)
  patches = patches - patches.mean(axes, dtype=np.float64).astype(np.float32)
  std = patches.std(axes, dtype=np.float64)
  patches = patches / np.where(std > 0, std, 1).astype(np.float32)
  return patches.reshape(len(patches), -1)


def sliced_wasserstein(a: np.ndarray, b: np.ndarray, rng: np.random.Generator,
                       directions: int = DIRECTIONS, repeats: int = REPEATS
                       ) -> float:
  """`E_v W1(v.a, v.b)` over random directions v: points [M, D], as many each.

  Rabin et al. 2011; W1 on a line is the mean gap of sorted points.

  Raises:
    ValueError: sets of different sizes, nan or infinities.
  """
  if a.shape != b.shape or a.ndim != 2:
    raise ValueError(f'as many points of both are compared, not {a.shape} and '
                     f'{b.shape}')
  if not (np.isfinite(a).all() and np.isfinite(b).all()):
    raise ValueError('points are nan or infinite')
  found = []
  for _ in range(repeats):
    v = rng.standard_normal((a.shape[1], directions))
    v = (v / np.linalg.norm(v, axis=0)).astype(np.float32)
    p, q = (np.sort(x.astype(np.float32) @ v, 0) for x in (a, b))
    found.append(np.mean(np.abs(p - q), dtype=np.float64))
  return float(np.mean(found))


def swd(real: np.ndarray, fake: np.ndarray, patches: int = PATCHES,
        seed: int = 0) -> Sliced:
  """Sliced Wasserstein distance of the Laplacian pyramids, times 1000.

  Karras et al. 2018 (arXiv:1710.10196), section 5: of each level 128 patches
  of 7 x 7 a picture, normalised by channel, 512 projections in 4 repeats. Fine
  levels see sharpness, coarse ones structure. Published numbers are of 8192
  pictures of 1024 pixels (LSUN: 256).

  Args:
    real: pictures [N, H, W, C] in 0..255.
    fake: as many.
    patches: of each picture.
    seed: of patches and projections. Real and fake patches are at different
      places.

  Raises:
    ValueError: different shapes, or pictures below 16 pixels.
  """
  real, fake = np.asarray(real), np.asarray(fake)
  if real.shape != fake.shape or real.ndim != 4:
    raise ValueError(f'as many pictures of both are compared, not {real.shape} '
                     f'and {fake.shape}')
  if min(real.shape[1:3]) < LEAST:
    raise ValueError(f'pictures of {list(real.shape[1:3])}: {LEAST} pixels a '
                     'side are needed')
  rng, levels = np.random.default_rng(seed), {}
  for side, a, b in zip(sides(*real.shape[1:3]), pyramid(real), pyramid(fake),
                        strict=True):
    a, b = (normalised(descriptors(x, rng, patches)) for x in (a, b))
    levels[side] = 1e3 * sliced_wasserstein(a, b, rng)
  return Sliced(levels, float(np.mean(list(levels.values()))))
