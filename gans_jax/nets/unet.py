"""The nets of U-Net GAN: a discriminator that also judges every pixel.

Schonfeld, Schiele and Khoreva 2020 (arXiv:2002.12655), section 3 and figure 2,
as in the authors' code. D's encoder is BigGAN's, and ends in a logit of the
whole picture; a decoder doubles its last features back to full size, each
block but the first seeing what the encoder had at its size, and ends in a logit
of every pixel. G is BigGAN's; without labels its BatchNorms follow z.
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
from gans_jax.nets.layers.norm import norm

Array = jax.Array

# Of the encoder's blocks in units of `width`, by how often a picture can be
# halved, to 4 to 7 pixels. 128 and 256 px (5 and 6 times) are published.
WIDTHS = {1: (1,), 2: (1, 2), 3: (1, 2, 4), 4: (1, 2, 4, 8),
          5: (1, 2, 4, 8, 16), 6: (1, 2, 4, 8, 8, 16),
          7: (1, 1, 2, 4, 8, 8, 16)}


class Discriminator(nn.Module):
  """A picture, and a label, to a logit of it and one of each of its pixels.

  Attributes:
    width: ch, the unit of the widths of WIDTHS; or the widths themselves,
      after each halving, of which there may be more.
    spectral: whether all kernels but the last 1x1 convolution's are spectrally
      normalised.
    attention: size of the picture after whose block of the encoder there is
      self-attention; None for none, as published.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    mix: as in `resnet.Discriminator`.
    outputs: None, or how many logits of the picture: [B, outputs], of a class
      head; there is no decoder then.
    dtype: what to compute in; parameters are float32.
  """

  width: int | Sequence[int] = 64
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
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B, 1 + H W].

    The first is of the picture; then those of its pixels, row by row. Both
    have a projection of the label. `update_u` False keeps the spectral vectors
    as they are; `features` True also gives the encoder's pooled features, from
    which the first logit is.

    Raises:
      ConfigError: pictures that aren't square, or of another size.
    """
    widths, update = self._widths(x.shape[1:]), train and update_u
    common = dict(kernel_init=self.kernel_init, dtype=self.dtype)
    spectral = dict(spectral=self.spectral, eps=self.eps)
    run = lambda layer, h: resnet.run(layer, h, update=update, **spectral)
    dense = lambda h, width, **options: run(nn.Dense(
        width, kernel_init=self.kernel_init, **options), h)

    h, seen = x, []
    for i, width in enumerate(widths):
      h = resnet.DownBlock(width, halve=True, first=i == 0, wide=True,
                           **common, **spectral)(h, train=train,
                                                 update_u=update_u)
      if h.shape[1] == self.attention:
        h = SelfAttention(pool=True, **common, **spectral)(
            h, train=train, update_u=update_u)
      seen.append(h)
    picture, pooled = resnet.head(
        h, y, dense, 'sum', self.mix, self.outputs, features=True)
    if self.outputs is not None:
      return (picture, pooled) if features else picture

    for i, width in enumerate((widths[0], *widths[:-1])[::-1]):
      if i:
        h = jnp.concatenate([h, seen[-1 - i]], -1)
      h = resnet.UpBlock(width, None, **common, **spectral)(
          h, None, train=update)
    pixels = ends.widened(Conv(1, (1, 1), **common)(h))     # [B, H, W, 1]
    if y is not None:
      row = dense(ends.widened(y), h.shape[-1], use_bias=False,
                  name='pixel_projection')
      pixels += jnp.sum(ends.widened(h) * row[:, None, None], -1, keepdims=True)
    logits = jnp.concatenate(
        [picture[:, None], pixels.reshape(x.shape[0], -1)], -1)
    return (logits, pooled) if features else logits

  def _widths(self, shape):
    """After each halving; checks the picture's size and attention's."""
    net = 'the U-Net discriminator'
    if isinstance(self.width, int):
      widths, _ = biggan.schedule(self.width, WIDTHS, shape, net)
    else:
      widths, factor = tuple(self.width), 1 << len(self.width)
      if not widths or shape[0] != shape[1] or shape[0] % factor:
        raise ConfigError(
            f'{net} of {len(widths)} widths halves square pictures as often, '
            f'and theirs are {shape[0]} x {shape[1]} pixels: give one width or '
            f'more, and a multiple of {factor} pixels')
    resnet.check_attention(
        self.attention, [shape[0] >> i + 1 for i in range(len(widths))], net)
    return widths


class SelfModulation(nn.Module):
  """BatchNorm with the gain `1 + M(z)` and the bias `N(z)`, z any code.

  Chen et al. 2019 (arXiv:1810.01365), section 3: M and N are each a layer as
  wide as z, relu, and a layer without a bias.

  Attributes:
    kernel_init: of all kernels.
    dtype: what to return; statistics are float32.
  """

  kernel_init: Init = biggan.ORTHOGONAL
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, z: Array, *, train: bool) -> Array:
    """h [B, *S, C] and z [B, Z] -> [B, *S, C]."""
    h = nn.BatchNorm(use_running_average=not train, momentum=.9, epsilon=1e-5,
                     use_bias=False, use_scale=False, dtype=self.dtype)(h)
    shape = (h.shape[0], *(1,) * (h.ndim - 2), h.shape[-1])
    layer = functools.partial(
        nn.Dense, kernel_init=self.kernel_init, dtype=self.dtype)

    def code(name):
      hidden = nn.relu(layer(z.shape[-1], name=f'{name}_hidden')(z))
      return layer(h.shape[-1], use_bias=False, name=name)(
          hidden).reshape(shape)

    return h * (1 + code('scale')) + code('bias')


class Generator(nn.Module):
  """z to a picture: BigGAN's without labels, modulated by all of z.

  Attributes:
    shape: [H, W, C] of a picture; square, of 4 to 7 times a power of 2.
    width: as in `biggan.Generator`.
    spectral: whether kernels are spectrally normalised, those of the
      modulation not; the vectors move in G's own steps.
    attention: size of the picture after whose block there is self-attention;
      None for none, as published.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in; parameters are float32.
  """

  shape: Sequence[int] = (128, 128, 3)
  width: int | Sequence[int] = 64
  spectral: bool = True
  attention: int | None = None
  kernel_init: Init = biggan.ORTHOGONAL
  eps: float = biggan.EPSILON
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] -> [B, H, W, C]; one-hot y [B, K] joins the code of the blocks."""
    net = 'the U-Net GAN generator'
    widths, small = biggan.schedule(
        self.width, biggan.G_WIDTHS, self.shape, net)
    resnet.check_attention(
        self.attention, [small << i for i in range(1, len(widths))], net)
    common = dict(kernel_init=self.kernel_init, dtype=self.dtype)
    spectral = dict(spectral=self.spectral, eps=self.eps)
    run = lambda layer, h: resnet.run(layer, h, update=train, **spectral)
    by_code = functools.partial(SelfModulation, kernel_init=self.kernel_init)
    code = ends.append_labels(z, y)

    h = run(nn.Dense(small * small * widths[0], **common), z)
    h = h.reshape(-1, small, small, widths[0])
    for width in widths[1:]:
      h = resnet.UpBlock(width, by_label=by_code, **common, **spectral)(
          h, code, train=train)
      if h.shape[1] == self.attention:
        h = SelfAttention(pool=True, **common, **spectral)(h, train=train)
    h = nn.relu(norm('batch', h, train, dtype=self.dtype))
    return ends.squashed(run(Conv(self.shape[-1], **common), h), self.out)
