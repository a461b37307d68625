"""The nets of VAE/GAN: Larsen et al. 2016 (arXiv:1512.09300), table 1.

5x5 convolutions with strides, BatchNorm and ReLU. For pictures of 64 pixels;
they take any square ones that can be halved as often.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.norm import norm

Array = jax.Array


def smallest(shape: Sequence[int], times: int) -> tuple[int, int]:
  """[H, W] of a picture [H, W, C] that was halved so often.

  Raises:
    ConfigError: it cannot be.
  """
  height, width = shape[:2]
  if height % 2 ** times or width % 2 ** times:
    raise ConfigError(
        f'nets of {times} halvings cannot take pictures of {height} x {width} '
        'pixels: give them another number of widths, or set config.data.size')
  return height >> times, width >> times


def _act(h: Array, train: bool, dtype: Any) -> Array:
  return nn.relu(norm('batch', h, train, dtype=dtype))


class Encoder(nn.Module):
  """A picture to the outputs of a posterior.

  Attributes:
    outputs: of the last layer.
    widths: channels after each halving.
    fc: width of the dense layer.
    dtype: what to compute in.
  """

  outputs: int = 256
  widths: Sequence[int] = (64, 128, 256)
  fc: int = 2048
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, H, W, C] -> [B, outputs]."""
    smallest(x.shape[1:], len(self.widths))
    h = x
    for width in self.widths:
      h = Conv(width, (5, 5), 2, use_bias=False, dtype=self.dtype)(h)
      h = _act(h, train, self.dtype)
    h = nn.Dense(self.fc, use_bias=False, dtype=self.dtype)(
        h.reshape(h.shape[0], -1))
    h = _act(h, train, self.dtype)
    return ends.widened(nn.Dense(self.outputs, dtype=self.dtype)(h))


class Generator(nn.Module):
  """Codes to a picture, the mirror of the encoder.

  Attributes:
    shape: [H, W, C] of a picture.
    first: channels before the first doubling.
    widths: channels after each doubling.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (64, 64, 3)
  first: int = 256
  widths: Sequence[int] = (256, 128, 32)
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, H, W, C]."""
    height, width = smallest(self.shape, len(self.widths))
    h = nn.Dense(height * width * self.first, use_bias=False,
                 dtype=self.dtype)(z)
    h = _act(h, train, self.dtype).reshape(-1, height, width, self.first)
    for channels in self.widths:
      h = ConvTranspose(channels, (5, 5), use_bias=False, dtype=self.dtype)(h)
      h = _act(h, train, self.dtype)
    h = Conv(self.shape[-1], (5, 5), dtype=self.dtype)(h)
    return ends.squashed(h, self.out)


class Discriminator(nn.Module):
  """A picture to one logit; its features are its last convolution's outputs.

  Attributes:
    widths: channels of the first layer, which halves nothing, and after each
      halving.
    fc: width of the dense layer.
    dtype: what to compute in.
  """

  widths: Sequence[int] = (32, 128, 256, 256)
  fc: int = 512
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, H, W, C] -> logits [B].

    `features` True gives (logits, [B, h, w, c]): the third halving, before its
    BatchNorm, by which reconstructions are judged in the published code.
    """
    smallest(x.shape[1:], len(self.widths) - 1)
    h = nn.relu(Conv(self.widths[0], (5, 5), dtype=self.dtype)(x))
    for width in self.widths[1:]:
      last = Conv(width, (5, 5), 2, use_bias=False, dtype=self.dtype)(h)
      h = _act(last, train, self.dtype)
    h = nn.Dense(self.fc, use_bias=False, dtype=self.dtype)(
        h.reshape(h.shape[0], -1))
    h = _act(h, train, self.dtype)
    logits = ends.widened(nn.Dense(1, dtype=self.dtype)(h))[..., 0]
    return (logits, ends.widened(last)) if features else logits
