"""Tokens of pictures: windows, relative positions, pixel shuffle."""

import math

import jax
import numpy as np

from gans_jax.errors import ConfigError

Array = jax.Array


def relative_index(window: int) -> np.ndarray:
  """Which entry of a table of biases belongs to each pair of places.

  Liu et al. 2021 (Swin, arXiv:2103.14030), section 3.2: a table of
  (2 n - 1)^2 entries, one for each difference of places in a window of n x n.

  Args:
    window: n.

  Returns:
    [n n, n n] of (dy + n - 1) (2 n - 1) + dx + n - 1, (dy, dx) the place of the
    query less that of the key; places are counted row by row.
  """
  place = np.stack(np.meshgrid(*(np.arange(window),) * 2, indexing='ij'))
  place = place.reshape(2, -1)
  gap = place[:, :, None] - place[:, None] + window - 1    # [2, n n, n n]
  return gap[0] * (2 * window - 1) + gap[1]


def side(h: Array) -> int:
  """The side of the square picture whose tokens are [B, N, C]."""
  n = math.isqrt(h.shape[1])
  if n * n != h.shape[1]:
    raise ConfigError(f'{h.shape[1]} tokens are no square picture')
  return n


def split(h: Array, window: int) -> Array:
  """Windows without overlap: [B, H, W, C] -> [B, H W / n^2, n n, C].

  Raises:
    ConfigError: windows of n do not fill the picture.
  """
  b, height, width, c = h.shape
  if height % window or width % window:
    raise ConfigError(f'windows of {window} x {window} do not fill a picture '
                      f'of {height} x {width} tokens')
  h = h.reshape(b, height // window, window, width // window, window, c)
  return h.swapaxes(2, 3).reshape(b, -1, window * window, c)


def join(h: Array, height: int, width: int) -> Array:
  """The reverse of `split`: [B, windows, n n, C] -> [B, H, W, C]."""
  b, _, n, c = h.shape
  n = math.isqrt(n)
  h = h.reshape(b, height // n, width // n, n, n, c)
  return h.swapaxes(2, 3).reshape(b, height, width, c)


def shuffle(h: Array, times: int = 2) -> Array:
  """Pixel shuffle: [B, H, W, C] -> [B, r H, r W, C / r^2], no number changed.

  Shi et al. 2016 (arXiv:1609.05158), eq. 4, in PyTorch's order: channel
  c r^2 + i r + j goes to channel c of the place (i, j) in its square.

  Raises:
    ConfigError: r^2 does not divide the channels.
  """
  b, height, width, c = h.shape
  if c % times ** 2:
    raise ConfigError(f'{c} channels cannot be shuffled to pictures of '
                      f'{times} times the size: {times ** 2} must divide them')
  h = h.reshape(b, height, width, -1, times, times)     # [B, H, W, c, i, j]
  h = h.transpose(0, 1, 4, 2, 5, 3)                     # [B, H, i, W, j, c]
  return h.reshape(b, times * height, times * width, -1)


def unshuffle(h: Array, times: int = 2) -> Array:
  """The reverse of `shuffle`: [B, r H, r W, C] -> [B, H, W, C r^2]."""
  b, height, width, c = h.shape
  h = h.reshape(b, height // times, times, width // times, times, c)
  h = h.transpose(0, 1, 3, 5, 2, 4)                     # [B, H, W, c, i, j]
  return h.reshape(b, height // times, width // times, -1)
