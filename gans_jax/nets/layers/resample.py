"""Resampling of pictures by FIR filters: upfirdn of Karras et al. 2020.

Up, FIR, down: zeros between the pixels, a filter, every other pixel. Filters
are separable and given as the taps of one axis. A filter is a weighted sum of
shifted slices, one a tap, which compilers fuse on every platform; the zeros
between pixels are never made.
"""

from collections.abc import Sequence

import jax
from jax import lax
import jax.numpy as jnp
import numpy as np

from gans_jax.errors import ConfigError

Array = jax.Array
Taps = Sequence[float]

# Binomial, of StyleGAN2 and of R3GAN.
BINOMIAL = (1., 3., 3., 1.)


def fir(x: Array, taps: Taps, axis: int, *, up: int = 1, down: int = 1,
        pad: tuple[int, int] = (0, 0)) -> Array:
  """Upsamples by zeros, pads, convolves and downsamples one axis.

  The steps, for an axis of n pixels: `up - 1` zeros after every pixel make
  n up; `pad` zeros are added before and after, or pixels cropped where it is
  negative; a convolution (taps turned around) without padding; every `down`-th
  pixel from the first on.

  Args:
    x: of any rank.
    taps: [K], as they are: see `normalised`.
    axis: of x.
    up: factor.
    down: factor.
    pad: (before, after), counted after the upsampling.

  Returns:
    x with (n up + before + after - K) // down + 1 pixels along the axis.

  Raises:
    ConfigError: factors below 1, or more taps than pixels.
  """
  n, k = x.shape[axis], len(taps)
  size = n * up + sum(pad) - k + 1    # before downsampling
  if min(up, down) < 1 or size < 1:
    raise ConfigError(
        f'{k} taps do not fit {n} pixels upsampled by {up} and padded by '
        f'{tuple(pad)}, or a factor of {up}, {down} is below 1')
  correlated = np.asarray(taps, np.float64)[::-1]
  if up == 1:
    y = _shifted_sum(_padded(x, axis, *pad), correlated, axis,
                     (size - 1) // down + 1, down)
    return y
  each, phases = -(-size // up), []
  for r in range(up):    # outputs r, r + up, ... meet every up-th tap
    first = (pad[0] - r) % up
    sub = correlated[first::up]
    start = (r + first - pad[0]) // up    # the pixel under the first of them
    if not len(sub):
      shape = list(x.shape)
      shape[axis] = each
      phases.append(jnp.zeros(shape, x.dtype))
      continue
    wide = _padded(x, axis, -start, start + each + len(sub) - 1 - n)
    phases.append(_shifted_sum(wide, sub, axis, each, 1))
  y = jnp.stack(phases, axis + 1)
  y = y.reshape(*x.shape[:axis], each * up, *x.shape[axis + 1:])
  return lax.slice_in_dim(y, 0, size, down, axis)


def normalised(taps: Taps, gain: float = 1.) -> np.ndarray:
  """Taps whose sum is `gain`."""
  taps = np.asarray(taps, np.float64)
  return gain * taps / taps.sum()


def upsample(x: Array, taps: Taps = BINOMIAL, factor: int = 2) -> Array:
  """[B, H, W, C] -> [B, factor H, factor W, C]; a mean stays as it was.

  Args:
    x: pictures.
    taps: of one axis, of any sum; pixels stay where they are for symmetric
      ones, but for borders, which fade to 0.
    factor: of both axes.
  """
  k = len(taps)
  pad = ((k + factor - 1) // 2, (k - factor) // 2)
  taps = normalised(taps, factor)
  for axis in (1, 2):
    x = fir(x, taps, axis, up=factor, pad=pad)
  return x


def downsample(x: Array, taps: Taps = BINOMIAL, factor: int = 2) -> Array:
  """[B, H, W, C] -> [B, H / factor, W / factor, C]: see `upsample`."""
  k = len(taps)
  pad = ((k - factor + 1) // 2, (k - factor) // 2)
  taps = normalised(taps)
  for axis in (1, 2):
    x = fir(x, taps, axis, down=factor, pad=pad)
  return x


def _padded(x, axis, before, after):
  config = [(0, 0, 0)] * x.ndim
  config[axis] = (before, after, 0)
  return lax.pad(x, jnp.zeros((), x.dtype), config)


def _shifted_sum(x, taps, axis, size, stride):
  """sum_k taps[k] x[k + stride i] for i < size."""
  return sum(
      jnp.asarray(tap, x.dtype) * lax.slice_in_dim(
          x, k, k + (size - 1) * stride + 1, stride, axis)
      for k, tap in enumerate(taps))
