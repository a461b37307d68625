"""The nets of BEGAN: Berthelot et al. 2017 (arXiv:1703.10717), figure 1.

3x3 convolutions with ELU, no normalisation, nothing that squashes the output.
G and the decoder of D are the same net; the widths of the encoder grow by n
with every halving. Sizes are 8 x 2^k pixels.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

SMALLEST = 8


def _doublings(shape: Sequence[int]) -> int:
  """How often 8x8 pixels are doubled to become those of [H, W, ...]."""
  height, width = shape[:2]
  times = (width // SMALLEST).bit_length() - 1
  if height != width or times < 0 or width != SMALLEST << times:
    raise ConfigError(
        f'the nets of BEGAN cannot take pictures of {height} x {width} pixels: '
        'they take square ones of 8, 16, 32, 64, 128 or 256: set '
        'config.data.size')
  return times


class Generator(nn.Module):
  """A code, projected to 8x8 and doubled in size up to the picture.

  Attributes:
    shape: [H, W, C] of a picture.
    width: n, channels everywhere; the paper's are 64 and 128.
    out: 'tanh', 'sigmoid' or None, as published.
    dtype: what to compute in.
  """

  shape: Sequence[int]
  width: int = 64
  out: str | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool = False
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    del train
    conv = lambda h, up=False: nn.elu(Conv(
        self.width, dtype=self.dtype, resample='up' if up else None)(h))
    h = nn.Dense(SMALLEST ** 2 * self.width, dtype=self.dtype)(
        ends.append_labels(z, y))
    h = h.reshape(-1, SMALLEST, SMALLEST, self.width)
    h = conv(conv(h))
    for _ in range(_doublings(self.shape)):
      h = conv(conv(h, up=True))
    h = Conv(self.shape[-1], dtype=self.dtype)(h)
    return ends.squashed(h, self.out)


class Autoencoder(nn.Module):
  """The discriminator: an encoder, a code, and `Generator` as decoder.

  Attributes:
    width: n.
    code: width of the code, h in the paper: 64.
    dtype: what to compute in.
  """

  width: int = 64
  code: int = 64
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool = False) -> tuple[Array, Array]:
    """[B, H, W, C] -> ([B, H, W, C], [B, code])."""
    times = _doublings(x.shape[1:])
    conv = lambda width, h, strides=1: nn.elu(Conv(
        width, strides=strides, dtype=self.dtype)(h))
    h = conv(self.width, x)
    for i in range(times + 1):
      width = (i + 1) * self.width
      h = conv(width, conv(width, h))
      if i < times:
        h = conv(width, h, strides=2)
    codes = nn.Dense(self.code, dtype=self.dtype)(h.reshape(h.shape[0], -1))
    made = Generator(x.shape[1:], self.width, dtype=self.dtype)(
        codes, train=train)
    return made, ends.widened(codes)
