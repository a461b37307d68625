"""BigGAN-deep: bottleneck blocks whose skips have nothing to learn.

Brock, Donahue and Simonyan 2019 (arXiv:1809.11096), appendix B, figure 16 and
tables 7 to 9. Against `biggan`:

- A block narrows to a quarter of its channels, has two 3x3 convolutions there,
  and widens again; there are two blocks a size.
- Skips keep what they carry. Where G has fewer channels after a block, the
  first of them are kept; where D has more, a 1x1 convolution of the pooled
  input makes those that lack and they are appended.
- z isn't cut: (z, embedding) is the code of every BatchNorm and makes the
  smallest picture.
"""

from collections.abc import Sequence
import functools
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets import biggan, resnet
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.attention import SelfAttention
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.ends import Init
from gans_jax.nets.layers.norm import ConditionalBatchNorm, norm

Array = jax.Array

RATIO = 4    # of a block's channels to those of its 3x3 convolutions


class UpBlock(nn.Module):
  """Four times norm, relu, conv: 1x1, 3x3, 3x3, 1x1; and a skip.

  The picture is doubled before the first 3x3 convolution and in the skip.

  Attributes:
    width: channels out, at most those that come in.
    up: whether the picture is doubled.
    spectral: whether all kernels are spectrally normalised.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    dtype: what to compute in.
  """

  width: int
  up: bool
  spectral: bool = True
  kernel_init: Init = biggan.ORTHOGONAL
  eps: float = biggan.EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, code: Array, *, train: bool) -> Array:
    """[B, H, W, C] and [B, K] -> [B, H, W, width], or of twice the size."""
    channels = x.shape[-1]
    if channels < self.width:
      raise ConfigError(
          "BigGAN-deep's generator drops channels and makes none: widths must "
          f'not grow from {channels} to {self.width}')
    by_label = functools.partial(
        ConditionalBatchNorm, kernel_init=self.kernel_init,
        spectral=self.spectral, eps=self.eps)

    def conv(h, width, size, resample=None):
      h = nn.relu(resnet.normed('batch', h, code, train, self.dtype, by_label))
      layer = Conv(width, (size, size), kernel_init=self.kernel_init,
                   resample=resample, dtype=self.dtype)
      return resnet.run(layer, h, self.spectral, train, self.eps)

    inner = _inner(channels)
    h = conv(x, inner, 1)
    h = conv(h, inner, 3, 'up' if self.up else None)
    h = conv(h, inner, 3)
    h = conv(h, self.width, 1)
    skip = x[..., :self.width]
    if self.up:
      skip = jnp.repeat(jnp.repeat(skip, 2, 1), 2, 2)
    return h + skip


class DownBlock(nn.Module):
  """Four times relu, conv: 1x1, 3x3, 3x3, 1x1; and a skip.

  The picture is average-pooled before the last convolution and in the skip.

  Attributes:
    width: channels out, at least those that come in.
    halve: whether the picture is halved.
    spectral: whether all kernels are spectrally normalised.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    dtype: what to compute in.
  """

  width: int
  halve: bool
  spectral: bool = True
  kernel_init: Init = biggan.ORTHOGONAL
  eps: float = biggan.EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, update_u: bool = True) -> Array:
    """[B, H, W, C] -> [B, H, W, width], or of half the size."""
    lacking = self.width - x.shape[-1]
    if lacking < 0:
      raise ConfigError(
          "BigGAN-deep's discriminator appends channels and drops none: widths "
          f'must not shrink from {x.shape[-1]} to {self.width}')

    def conv(h, width, size, resample=None):
      layer = Conv(width, (size, size), kernel_init=self.kernel_init,
                   resample=resample, dtype=self.dtype)
      return resnet.run(layer, h, self.spectral, train and update_u, self.eps)

    inner = _inner(self.width)
    h = conv(nn.relu(x), inner, 1)
    h = conv(nn.relu(h), inner, 3)
    h = conv(nn.relu(h), inner, 3)
    h = conv(nn.relu(h), self.width, 1, 'pool' if self.halve else None)
    skip = nn.avg_pool(x, (2, 2), (2, 2)) if self.halve else x
    if lacking:
      more = conv(skip, lacking, 1)
      skip = jnp.concatenate([skip.astype(more.dtype), more], -1)
    return h + skip


class Generator(nn.Module):
  """z and a label to a picture.

  Attributes:
    shape: [H, W, C] of a picture; square, of 4 to 7 times a power of 2.
    width: ch, the unit of the widths of `biggan.G_WIDTHS`; or the widths
      themselves, from the smallest picture to the largest.
    depth: blocks a size, of which the last doubles the picture.
    shared: of the labels' embedding; 0: they are given as they are.
    spectral: whether kernels are spectrally normalised; the vectors move in
      G's own steps.
    attention: size of the picture after whose blocks there is self-attention;
      None for none. The paper has 64.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in; parameters are float32.
  """

  shape: Sequence[int] = (128, 128, 3)
  width: int | Sequence[int] = 128
  depth: int = 2
  shared: int = 128
  spectral: bool = True
  attention: int | None = None
  kernel_init: Init = biggan.ORTHOGONAL
  eps: float = biggan.EPSILON
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]; y may mix labels."""
    net = 'the BigGAN-deep generator'
    widths, small = biggan.schedule(
        self.width, biggan.G_WIDTHS, self.shape, net)
    resnet.check_attention(
        self.attention, [small << i for i in range(1, len(widths))], net)
    common = dict(kernel_init=self.kernel_init, dtype=self.dtype)
    run = lambda layer, h: resnet.run(layer, h, self.spectral, train, self.eps)

    label = biggan.embed(y, self.shared, self.kernel_init, self.dtype)
    code = z if label is None else jnp.concatenate(
        [z, label.astype(z.dtype)], -1)
    h = run(nn.Dense(small * small * widths[0], **common), code)
    h = h.reshape(-1, small, small, widths[0])
    for before, width in zip(widths, widths[1:]):
      for i in range(self.depth):
        last = i == self.depth - 1
        h = UpBlock(width if last else before, last, self.spectral,
                    eps=self.eps, **common)(h, code, train=train)
      if h.shape[1] == self.attention:
        h = SelfAttention(self.spectral, pool=True, eps=self.eps, **common)(
            h, train=train)
    h = nn.relu(norm('batch', h, train, dtype=self.dtype))
    return ends.squashed(run(Conv(self.shape[-1], **common), h), self.out)


class Discriminator(nn.Module):
  """A picture, and a label, to a logit.

  Attributes:
    width: ch, the unit of the widths of `biggan.D_WIDTHS`; or the widths
      themselves: of the first convolution, and after each size.
    depth: blocks a size, of which the first halves the picture.
    spectral: whether all kernels are spectrally normalised.
    attention: size of the picture after whose blocks there is self-attention;
      None for none. The paper has 64.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    mix: as in `resnet.Discriminator`.
    outputs: likewise.
    dtype: what to compute in; parameters are float32.
  """

  width: int | Sequence[int] = 128
  depth: int = 2
  spectral: bool = True
  attention: int | None = None
  kernel_init: Init = biggan.ORTHOGONAL
  eps: float = biggan.EPSILON
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """As `resnet.Discriminator`: [B, H, W, C] (, [B, K]) -> logits [B]."""
    net = 'the BigGAN-deep discriminator'
    (first, *widths), _ = biggan.schedule(
        self.width, biggan.D_WIDTHS, x.shape[1:], net)
    halved = biggan.downs(x.shape[1:], net)
    resnet.check_attention(self.attention, [
        x.shape[1] >> min(i + 1, halved) for i in range(len(widths))], net)
    mode = dict(train=train, update_u=update_u)
    common = dict(kernel_init=self.kernel_init, dtype=self.dtype)

    def run(layer, h):
      return resnet.run(layer, h, self.spectral, train and update_u, self.eps)

    h, attended = run(Conv(first, **common), x), self.attention is None
    for i, width in enumerate(widths):
      for j in range(self.depth):
        h = DownBlock(width, i < halved and not j, self.spectral, eps=self.eps,
                      **common)(h, **mode)
      if not attended and h.shape[1] == self.attention:
        h = SelfAttention(self.spectral, pool=True, eps=self.eps, **common)(
            h, **mode)
        attended = True
    dense = lambda h, width, **options: run(
        nn.Dense(width, kernel_init=self.kernel_init, **options), h)
    return resnet.head(h, y, dense, 'sum', self.mix, self.outputs, features)


def _inner(channels: int) -> int:
  return max(channels // RATIO, 1)
