"""Generators that fill in holes of pictures, and a classifier to judge them.

For context-conditional GANs: Denton, Gross and Fergus 2016 (arXiv:1611.06430),
whose D is VGG-A and whose G has DCGAN's parts.
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

NORMAL = nn.initializers.normal(.02)


class Generator(nn.Module):
  """Strided convolutions down, z joins as constant channels, and back up.

  Attributes:
    channels: of the picture.
    widths: channels after each halving; the decoder's are the same, reversed.
    out: 'tanh', 'sigmoid' or None.
    norm: of all layers but the first and the last: 'batch' or None.
    dtype: what to compute in.
  """

  channels: int = 3
  widths: Sequence[int] = (64, 128, 256, 512)
  out: str | None = 'tanh'
  norm: str | None = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, context: Array, *, train: bool) -> Array:
    """[B, Z] and what is to be seen [B, H, W, C'] -> [B, H, W, channels]."""
    if any(size % 2 ** len(self.widths) for size in context.shape[1:3]):
      raise ConfigError(
          f'a generator of {len(self.widths)} halvings cannot take pictures of '
          f'{" x ".join(map(str, context.shape[1:3]))} pixels: give it another '
          'number of widths, or set config.data.size')
    apply = lambda kind, width, bias, h: kind(
        width, (4, 4), strides=2, use_bias=bias, kernel_init=NORMAL,
        dtype=self.dtype)(h)
    h = context
    for i, width in enumerate(self.widths):
      kind = self.norm if i else None
      h = apply(Conv, width, kind is None, h)
      h = ends.lrelu(norm(kind, h, train, dtype=self.dtype))
    h = ends.append_labels(h, z)
    for width in reversed(self.widths[:-1]):
      h = apply(ConvTranspose, width, self.norm is None, h)
      h = nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    return ends.squashed(
        apply(ConvTranspose, self.channels, True, h), self.out)


class Dense(nn.Module):
  """The same of dense layers, for small pictures.

  Attributes:
    shape: [H, W, C] of the picture.
    hidden: widths.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int]
  hidden: Sequence[int] = (128, 128)
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, context: Array, *, train: bool) -> Array:
    """[B, Z] and [B, H, W, C'] -> [B, *shape]."""
    del train
    h = jnp.concatenate([z, context.reshape(z.shape[0], -1)], -1)
    for width in self.hidden:
      h = nn.relu(nn.Dense(width, dtype=self.dtype)(h))
    size = self.shape[0] * self.shape[1] * self.shape[2]
    h = nn.Dense(size, dtype=self.dtype)(h)
    return ends.squashed(h.reshape(-1, *self.shape), self.out)


class VGG(nn.Module):
  """VGG-A with BatchNorm: groups of 3x3 convolutions, each halved by its max.

  Simonyan and Zisserman 2015 (arXiv:1409.1556), table 1, column A.

  Attributes:
    groups: channels of the layers of each group.
    fc: width of the dense layer after them.
    dropout: share that is dropped before and after it.
    norm: 'batch', 'layer' or None.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  groups: Sequence[Sequence[int]] = (
      (64,), (128,), (256, 256), (512, 512), (512, 512))
  fc: int = 1024
  dropout: float = .5
  norm: str | None = 'batch'
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] -> logits [B], or [B, outputs].

    `features` True gives (logits, input of the last layer).
    """
    del update_u    # every discriminator takes it
    h, first = ends.append_labels(x, y), True
    for group in self.groups:
      for width in group:
        kind = None if first else self.norm
        first = False
        h = Conv(width, (3, 3), use_bias=kind is None, dtype=self.dtype)(h)
        h = ends.lrelu(norm(kind, h, train, dtype=self.dtype))
      if min(h.shape[1:3]) > 1:
        h = nn.max_pool(h, (2, 2), (2, 2))
    drop = lambda h: nn.Dropout(self.dropout, deterministic=not train)(h)
    h = nn.Dense(self.fc, dtype=self.dtype)(drop(h.reshape(h.shape[0], -1)))
    last = lambda width, h: nn.Dense(width, dtype=self.dtype)(h)
    return ends.logits(drop(ends.lrelu(h)), last, self.mix, self.outputs,
                       features)
