"""The nets of ArtGAN for CIFAR-10: Tan et al. 2018 (arXiv:1708.09533).

As their code has it (CIFAR64GANAEtrick): resized convolutions in place of
transposed ones, and a discriminator that is an autoencoder besides.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.noise import GaussianNoise
from gans_jax.nets.layers.norm import norm

Array = jax.Array


def layer(h: Array, width: int, train: bool, *, kernel: int = 3,
          strides: int = 1, kind: str | None = 'batch', dtype: Any = None
          ) -> Array:
  """A convolution, BatchNorm and LeakyReLU(0.2), inside a compact module."""
  h = Conv(width, (kernel,) * 2, strides=strides, use_bias=kind is None,
           dtype=dtype)(h)
  return ends.lrelu(norm(kind, h, train, dtype=dtype))


def doubled(h: Array) -> Array:
  """Each pixel four times: [B, H, W, C] -> [B, 2 H, 2 W, C]."""
  return h.repeat(2, 1).repeat(2, 2)


class Generator(nn.Module):
  """z and labels to 4 x 4 pixels, doubled up to twice the picture's size.

  "Magnified": the picture is the mean over 3 x 3 neighbours of every other
  pixel of one that is twice as large.

  Attributes:
    shape: [H, W, C] of a picture.
    width: channels at 4 x 4; half as many after each doubling.
    magnified: whether it is made twice as large.
    out: 'tanh', 'sigmoid' or None.
    norm: 'batch' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (32, 32, 3)
  width: int = 512
  magnified: bool = True
  out: str | None = 'tanh'
  norm: str | None = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    times, _ = ends.halvings(self.shape, "ArtGAN's generator", [4])
    make = lambda h, width: layer(
        h, width, train, kind=self.norm, dtype=self.dtype)
    h = nn.Dense(16 * self.width, use_bias=self.norm is None,
                 dtype=self.dtype)(ends.append_labels(z, y))
    h = ends.lrelu(norm(self.norm, h, train, dtype=self.dtype))
    h, times = h.reshape(-1, 4, 4, self.width), times + self.magnified
    for i in range(times):
      width = max(self.width >> (i + 1), 1)
      h = make(doubled(h), width)
      if 0 < i < times - 1:     # a second one, where the code has it
        h = make(h, width)
    h = Conv(self.shape[-1], (3, 3), dtype=self.dtype)(h)
    h = ends.squashed(h, self.out)
    if self.magnified:
      h = nn.avg_pool(h, (3, 3), (2, 2), 'SAME', count_include_pad=False)
    return h


class Discriminator(nn.Module):
  """Class logits, and a reconstruction from the features they are read off.

  Attributes:
    width: channels of the first layers; 96 for CIFAR-10.
    code: of the last one, from which is decoded.
    noise: standard deviation of the noise at the input.
    dropout: share that is dropped after each halving.
    out: of the reconstruction, as G's.
    norm: of all layers but the first: 'batch' or None.
    outputs: how many logits.
    dtype: what to compute in.
  """

  width: int = 96
  code: int = 512
  noise: float = .05
  dropout: float = .2
  out: str | None = 'tanh'
  norm: str | None = 'batch'
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] -> logits [B, outputs].

    `features` True gives (logits, reconstruction [B, H, W, C]).
    """
    del y, update_u    # every discriminator takes them
    if any(size % 4 for size in x.shape[1:3]):
      raise ConfigError(
          f"ArtGAN's discriminator halves pictures twice, and cannot halve "
          f'{x.shape[1]} x {x.shape[2]}: set config.data.size')
    make = lambda h, width, **options: layer(
        h, width, train, dtype=self.dtype, **{'kind': self.norm, **options})
    drop = lambda h: nn.Dropout(self.dropout, deterministic=not train)(h)
    width = self.width
    h = GaussianNoise(self.noise)(x, train=train)
    h = make(h, width, kind=None)
    h = drop(make(h, width, strides=2))
    h = drop(make(make(h, 2 * width), 2 * width, strides=2))
    h = make(h, self.code // 2)
    h = make(make(h, self.code // 2, kernel=1), self.code, kernel=1)
    logits = ends.logits(h.reshape(h.shape[0], -1), lambda n, h: nn.Dense(
        n, dtype=self.dtype)(h), outputs=self.outputs)
    if not (features or self.is_initializing()):
      return logits
    h = make(h, self.code // 2)
    h = make(make(doubled(h), self.code // 4), self.code // 4)
    h = make(doubled(h), self.code // 8)
    h = Conv(x.shape[-1], (3, 3), dtype=self.dtype)(h)
    made = ends.squashed(h, self.out)
    return (logits, made) if features else logits


class Dense(nn.Module):
  """The same of dense layers, for small pictures.

  Attributes:
    hidden: widths down to the code, the last one; and back.
    out: of the reconstruction, as G's.
    outputs: how many logits.
    dtype: what to compute in.
  """

  hidden: Sequence[int] = (128, 64)
  out: str | None = 'tanh'
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] -> logits [B, outputs]; with `features` (logits, [B, ...])."""
    del y, update_u
    h = x.reshape(x.shape[0], -1)
    size = h.shape[-1]
    for width in self.hidden:
      h = ends.lrelu(nn.Dense(width, dtype=self.dtype)(h))
    logits = ends.logits(h, lambda n, h: nn.Dense(n, dtype=self.dtype)(h),
                         outputs=self.outputs)
    for width in reversed(self.hidden[:-1]):
      h = ends.lrelu(nn.Dense(width, dtype=self.dtype)(h))
    h = nn.Dense(size, dtype=self.dtype)(h)
    made = ends.squashed(h, self.out).reshape(x.shape)
    return (logits, made) if features else logits
