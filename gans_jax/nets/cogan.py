"""The nets of coupled GANs, in the parts that are shared or not.

For MNIST Liu and Tuzel 2016 (arXiv:1606.07536), as the authors' PyTorch code
has them: in G all but the last layer are the same for both domains, in D all
but the first. Pictures are 28 x 28. `Maps` and `Local` are for smaller ones.

Layers that a domain has for itself see small parts of the picture. A dense one
could draw anything, and the two domains would have nothing in common.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets import mlp
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose

Array = jax.Array

XAVIER = nn.initializers.xavier_uniform()
SIZE = 28


def _prelu(h: Array) -> Array:
  """PReLU with one slope, .25 at first; inside a compact module."""
  return nn.PReLU(negative_slope_init=.25)(h)


class GeneratorStem(nn.Module):
  """z to 25 x 25, in four transposed convolutions: 4, 7, 13, 25.

  Attributes:
    widths: channels.
    dtype: what to compute in.
  """

  widths: Sequence[int] = (1024, 512, 256, 128)
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, 25, 25, the last width]."""
    h = z[:, None, None]
    for i, width in enumerate(self.widths):
      layer = dict(kernel_size=(3, 3), strides=2, padding=1) if i else dict(
          kernel_size=(4, 4), strides=1, padding='VALID')
      h = ConvTranspose(width, kernel_init=XAVIER, dtype=self.dtype, **layer)(h)
      h = _prelu(nn.BatchNorm(
          use_running_average=not train, momentum=.9, epsilon=1e-5,
          use_bias=False, use_scale=False, dtype=self.dtype)(h))
    return h


class GeneratorEnd(nn.Module):
  """To the picture: one transposed convolution of 6 x 6.

  Attributes:
    channels: of a picture.
    out: 'tanh', 'sigmoid' or None; 'sigmoid' in the published code.
    dtype: what to compute in.
  """

  channels: int = 1
  out: str | None = 'sigmoid'
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, *, train: bool) -> Array:
    """[B, 25, 25, C] -> [B, 28, 28, channels]."""
    del train
    return ends.squashed(ConvTranspose(
        self.channels, (6, 6), strides=1, padding=1, kernel_init=XAVIER,
        dtype=self.dtype)(h), self.out)


class DiscriminatorStem(nn.Module):
  """The first convolution, 5 x 5, and the greatest of 2 x 2.

  Attributes:
    width: channels.
    dtype: what to compute in.
  """

  width: int = 20
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, 28, 28, C] -> [B, 12, 12, width].

    Raises:
      ConfigError: pictures of another size.
    """
    del train
    if x.shape[1:3] != (SIZE, SIZE):
      raise ConfigError(
          f"CoGAN's nets for MNIST take pictures of {SIZE} x {SIZE}, not of "
          f'{x.shape[1]} x {x.shape[2]}: give the data size={SIZE}')
    h = Conv(self.width, (5, 5), padding='VALID', kernel_init=XAVIER,
             dtype=self.dtype)(x)
    return nn.max_pool(h, (2, 2), (2, 2))


class DiscriminatorEnd(nn.Module):
  """The rest of a LeNet: 5 x 5 and the greatest of 2 x 2, a dense layer, PReLU.

  Attributes:
    width: channels.
    features: of the dense layer.
    outputs: None for one logit, or how many.
    dtype: what to compute in.
  """

  width: int = 50
  features: int = 500
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, *, train: bool, features: bool = False):
    """[B, 12, 12, C] -> logits [B]; with `features` (logits, [B, features])."""
    del train
    h = Conv(self.width, (5, 5), padding='VALID', kernel_init=XAVIER,
             dtype=self.dtype)(h)
    h = nn.max_pool(h, (2, 2), (2, 2)).reshape(h.shape[0], -1)
    dense = lambda width, h: nn.Dense(
        width, kernel_init=XAVIER, dtype=self.dtype)(h)
    return ends.logits(_prelu(dense(self.features, h)), dense,
                       outputs=self.outputs, features=features)


class Maps(nn.Module):
  """z through dense layers to maps of features, as large as the picture.

  Attributes:
    size: [H, W].
    hidden: widths of the layers before.
    maps: how many.
    norm: before every activation: None or 'batch'.
    dtype: what to compute in.
  """

  size: Sequence[int]
  hidden: Sequence[int] = (128,)
  maps: int = 8
  norm: str | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, H, W, maps]."""
    widths = *self.hidden, math.prod(self.size) * self.maps
    h = mlp.Layers(widths, norm=self.norm, dtype=self.dtype)(z, train=train)
    return h.reshape(-1, *self.size, self.maps)


class Local(nn.Module):
  """One convolution that keeps the size, and what comes after.

  Attributes:
    width: channels.
    kernel: its side.
    activation: after it.
    dtype: what to compute in.
  """

  width: int
  kernel: int = 3
  activation: Callable[[Array], Array] = ends.lrelu
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, H, W, C] -> [B, H, W, width]."""
    del train
    return self.activation(Conv(
        self.width, (self.kernel,) * 2, dtype=self.dtype)(x))
