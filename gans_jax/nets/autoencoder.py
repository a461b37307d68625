"""Autoencoders, and discriminators whose output is a reconstruction's error.

An autoencoder is called `ae(x, train=...)` and gives (reconstruction
[B, ...], codes [B, F]).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.norm import norm

Array = jax.Array

NORMAL = nn.initializers.normal(.02)


class Energy(nn.Module):
  """The energy of a sample: how badly an autoencoder reconstructs it.

  Zhao et al. 2017 (EBGAN, arXiv:1609.03126), section 2.3. The gradient of a
  fake's energy flows through both the reconstruction and what is compared.

  Attributes:
    autoencoder: x -> (reconstruction, codes).
    error: (x, reconstruction) -> [B], of losses.reconstruction.
  """

  autoencoder: nn.Module
  error: Callable[[Array, Array], Array]

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] -> energies [B]; with `features` (energies, codes [B, F])."""
    del y, update_u    # every discriminator takes them
    made, codes = self.autoencoder(x, train=train)
    energies = self.error(x, made)
    return (energies, codes) if features else energies


class MLP(nn.Module):
  """Dense layers down to a code and back up.

  Attributes:
    hidden: widths of the encoder; the decoder's are the same, reversed.
    code: width of the code, after which there is a nonlinearity, too.
    activation: after every layer but the last.
    dtype: what to compute in.
  """

  hidden: Sequence[int] = (64,)
  code: int = 16
  activation: Callable[[Array], Array] = ends.lrelu
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> tuple[Array, Array]:
    """[B, ...] -> ([B, ...], [B, code])."""
    del train
    dense = lambda width, h: nn.Dense(width, dtype=self.dtype)(h)
    h = x.reshape(x.shape[0], -1)
    for width in self.hidden:
      h = self.activation(dense(width, h))
    codes = h = self.activation(dense(self.code, h))
    for width in reversed(self.hidden):
      h = self.activation(dense(width, h))
    h = dense(math.prod(x.shape[1:]), h)
    return ends.widened(h).reshape(x.shape), ends.widened(codes)


class Convolutional(nn.Module):
  """EBGAN's: strided 4x4 convolutions, and transposed ones back up.

  Zhao et al. 2017, appendix D: of 64 pixels 64, 128 and 256 channels, decoded
  by 128, 64 and the picture's, with BatchNorm between.

  Attributes:
    widths: channels after each halving.
    norm: 'batch' or None; not at the input's and the output's layer.
    dtype: what to compute in.
  """

  widths: Sequence[int] = (64, 128, 256)
  norm: str | None = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> tuple[Array, Array]:
    """[B, H, W, C] -> ([B, H, W, C], [B, F])."""
    if any(size % 2 ** len(self.widths) for size in x.shape[1:3]):
      raise ConfigError(
          f'an autoencoder of {len(self.widths)} halvings cannot take pictures '
          f'of {" x ".join(map(str, x.shape[1:3]))} pixels: give it another '
          'number of widths, or set config.data.size')
    layer = lambda kind, width, bias: kind(
        width, (4, 4), strides=2, use_bias=bias, kernel_init=NORMAL,
        dtype=self.dtype)
    h = x
    for i, width in enumerate(self.widths):
      kind = self.norm if i else None
      h = layer(Conv, width, kind is None)(h)
      h = ends.lrelu(norm(kind, h, train, dtype=self.dtype))
    codes = h.reshape(h.shape[0], -1)
    for width in reversed(self.widths[:-1]):
      h = layer(ConvTranspose, width, self.norm is None)(h)
      h = nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    h = layer(ConvTranspose, x.shape[-1], True)(h)
    return ends.widened(h), ends.widened(codes)
