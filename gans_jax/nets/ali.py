"""The nets of ALI for pictures of 32 pixels, as for CIFAR-10.

Dumoulin et al. 2017 (arXiv:1606.00704), appendix A, table of CIFAR-10, as their
code has it: convolutions without padding until one pixel is left, or from one;
BatchNorm and LeakyReLU(.1) in E and G; maxout of 2 pieces, dropout and no
BatchNorm in D, which has a tower of x, one of z and one of both. All weights
are N(0, .01^2) at first.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.norm import norm

Array = jax.Array

NORMAL = nn.initializers.normal(.01)
SIZE = 32
# Kernel, stride, channels in units of `width`: 32, 28, 13, 10, 4, 1 pixels.
DOWN = ((5, 1, 1), (4, 2, 2), (4, 1, 4), (4, 2, 8), (4, 1, 16))
# 1, 4, 10, 13, 28, 32, 32 pixels.
UP = ((4, 1, 8), (4, 2, 4), (4, 1, 2), (4, 2, 1), (5, 1, 1), (1, 1, 1))


def check_size(shape: Sequence[int]) -> None:
  """Raises ConfigError for pictures of another size."""
  if tuple(shape[:2]) != (SIZE, SIZE):
    raise ConfigError(
        f"ALI's nets take pictures of {SIZE} x {SIZE} pixels, not of "
        f'{shape[0]} x {shape[1]}: set config.data.size={SIZE}')


def _leaky(h: Array, train: bool, dtype: Any) -> Array:
  return nn.leaky_relu(norm('batch', h, train, dtype=dtype), .1)


class Encoder(nn.Module):
  """A picture to codes: five convolutions, two dense layers.

  Attributes:
    outputs: of the last layer.
    width: channels of the first.
    dtype: what to compute in.
  """

  outputs: int = 128
  width: int = 32
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, 32, 32, C] -> [B, outputs].

    `features` True gives (codes, input of the last layer).
    """
    check_size(x.shape[1:])
    h = x
    for kernel, stride, units in (*DOWN, (1, 1, 16)):
      h = Conv(units * self.width, (kernel, kernel), stride, 'VALID',
               use_bias=False, kernel_init=NORMAL, dtype=self.dtype)(h)
      h = _leaky(h, train, self.dtype)
    last = lambda width, h: nn.Dense(
        width, kernel_init=NORMAL, dtype=self.dtype)(h)
    return ends.logits(h.reshape(h.shape[0], -1), last, outputs=self.outputs,
                       features=features)


class Generator(nn.Module):
  """Codes to a picture: six transposed convolutions, a bias for each pixel.

  Attributes:
    shape: [32, 32, C].
    width: channels of the largest pictures.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (SIZE, SIZE, 3)
  width: int = 32
  out: str | None = 'sigmoid'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, 32, 32, C]."""
    check_size(self.shape)
    h = z[:, None, None]
    for kernel, stride, units in UP:
      h = ConvTranspose(units * self.width, (kernel, kernel), stride, 'VALID',
                        use_bias=False, kernel_init=NORMAL,
                        dtype=self.dtype)(h)
      h = _leaky(h, train, self.dtype)
    h = Conv(self.shape[-1], (1, 1), use_bias=False, kernel_init=NORMAL,
             dtype=self.dtype)(h)
    bias = self.param('bias', nn.initializers.zeros_init(), tuple(self.shape))
    return ends.squashed(h + bias.astype(h.dtype), self.out)


class Discriminator(nn.Module):
  """Towers of x and of z, then a joint one, of maxout layers with dropout.

  Attributes:
    width: filters of x's first layer, of which half as many maxima are taken.
    pieces: of a maxout unit.
    input_dropout: share of the elements of x and of z that is dropped.
    hidden_dropout: share of the inputs of all other layers.
    dtype: what to compute in.
  """

  width: int = 32
  pieces: int = 2
  input_dropout: float = .2
  hidden_dropout: float = .5
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, z: Array, *, train: bool,
               features: bool = False):
    """[B, 32, 32, C] and [B, Z] -> logits [B].

    `features` True gives (logits, input of the last layer).
    """
    check_size(x.shape[1:])
    def drop(h, first=False):
      rate = self.input_dropout if first else self.hidden_dropout
      return nn.Dropout(rate, deterministic=not train)(h)

    def maxout(h, units, kernel=1, stride=1, first=False):
      h = Conv(units * self.width, (kernel, kernel), stride, 'VALID',
               kernel_init=NORMAL, dtype=self.dtype)(drop(h, first))
      return jnp.max(h.reshape(*h.shape[:-1], -1, self.pieces), -1)

    for i, (kernel, stride, units) in enumerate(DOWN):
      x = maxout(x, units, kernel, stride, first=i == 0)
    z = z[:, None, None]
    for i in range(2):
      z = maxout(z, 16, first=i == 0)
    h = jnp.concatenate([x, z.astype(x.dtype)], -1)
    for _ in range(2):
      h = maxout(h, 32)
    h = drop(h.reshape(h.shape[0], -1))
    last = lambda width, h: nn.Dense(
        width, kernel_init=NORMAL, dtype=self.dtype)(h)
    return ends.logits(h, last, features=features)
