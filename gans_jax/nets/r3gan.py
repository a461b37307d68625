"""The nets of R3GAN: grouped residual blocks without any normalisation.

Huang et al. 2024 (arXiv:2501.05441), section 4 and appendix; the authors' code
for initial values. A net is stages, one a picture size from 4 pixels on, each
of a change of size and some residual blocks; D's are G's in reverse.
"""

import math
from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends, resample
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

# Keeps the variance through LeakyReLU(.2).
LRELU_GAIN = math.sqrt(2 / (1 + .2 ** 2))
SMALLEST = 4


def scaled_normal(gain: float = 1.) -> ends.Init:
  """N(0, gain^2 / fan in)."""
  return nn.initializers.variance_scaling(gain ** 2, 'fan_in', 'normal')


def pointwise(width: int, dtype: Any, **options: Any) -> Conv:
  """A 1x1 convolution without bias."""
  options = {'kernel_init': scaled_normal(), **options}
  return Conv(width, (1, 1), use_bias=False, dtype=dtype, **options)


class BiasedLrelu(nn.Module):
  """LeakyReLU(.2) of x and a bias for each channel, which begins at 0."""

  @nn.compact
  def __call__(self, x: Array) -> Array:
    bias = self.param('bias', nn.initializers.zeros_init(), x.shape[-1:])
    return ends.lrelu(x + bias.astype(x.dtype))


class ResidualBlock(nn.Module):
  """x + 1x1 (act (3x3 in groups (act (1x1 x)))): an inverted bottleneck.

  The last convolution begins at 0, so the block begins as the identity, and the
  others are drawn L^(-1/4) smaller than for unit variance, L the residual
  blocks of the whole net: Fixup (Zhang et al. 2019, arXiv:1901.09321), with 3
  layers a branch.

  Attributes:
    groups: of the 3x3 convolution.
    depth: L.
    expansion: channels within the block over those of x.
    dtype: what to compute in.
  """

  groups: int
  depth: int
  expansion: int = 2
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """[B, H, W, C] -> the same."""
    width = x.shape[-1]
    init = scaled_normal(LRELU_GAIN * self.depth ** -.25)
    inner = width * self.expansion
    h = pointwise(inner, self.dtype, kernel_init=init)(x)
    h = Conv(inner, (3, 3), groups=self.groups, use_bias=False,
             kernel_init=init, dtype=self.dtype)(BiasedLrelu()(h))
    return x + pointwise(width, self.dtype, kernel_init=nn.initializers.zeros)(
        BiasedLrelu()(h))


def stages(shape: Sequence[int], net: str, width: Sequence[int],
           groups: Sequence[int]) -> int:
  """How many stages a picture [H, W, C] has: of 4, 8, ..., H pixels.

  Raises:
    ConfigError: H isn't one of these, or there is not one width and one number
      of groups a stage, or groups do not divide the width.
  """
  times, _ = ends.halvings(shape, net, (SMALLEST,))
  for name, given in dict(width=width, cardinality=groups).items():
    if len(given) != times + 1:
      raise ConfigError(
          f'{net} of {shape[0]} px has {times + 1} stages, and {name} is of '
          f'{len(given)}: {tuple(given)}. Give one a stage, 4 px first')
  for w, n in zip(width, groups, strict=True):
    if w % n:
      raise ConfigError(
          f'{net}: a width of {w} does not divide into cardinality={n} groups')
  return times + 1


def _dtypes(count: int, bf16: int) -> list[Any]:
  """By stage, 4 px first: the last `bf16` of them compute in bfloat16."""
  return [jnp.bfloat16 if i >= count - bf16 else jnp.float32
          for i in range(count)]


class Generator(nn.Module):
  """A learnt 4x4 picture, weighted by z, through stages to pictures.

  Attributes:
    shape: of one picture.
    width: channels of each stage, 4 pixels first.
    groups: of the 3x3 convolutions of each stage.
    blocks: residual blocks a stage.
    expansion: of each block.
    embedding: dimensions to which labels are mapped, next to z.
    bf16: of the stages of the largest pictures, how many compute in bfloat16.
  """

  shape: Sequence[int]
  width: Sequence[int]
  groups: Sequence[int]
  blocks: int = 2
  expansion: int = 2
  embedding: int = 64
  bf16: int = 0

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C], not squashed."""
    del train
    count = stages(self.shape, 'the R3GAN generator', self.width, self.groups)
    dense = lambda width, name: nn.Dense(
        width, use_bias=False, kernel_init=scaled_normal(), name=name)
    if y is not None:
      z = jnp.concatenate([z, dense(self.embedding, 'embed')(
          y.astype(z.dtype))], -1)
    basis = self.param('basis', nn.initializers.normal(1.),
                       (SMALLEST, SMALLEST, self.width[0]))
    h = basis * dense(self.width[0], 'weigh')(z)[:, None, None]
    for i, dtype in enumerate(_dtypes(count, self.bf16)):
      h = h.astype(dtype)
      if i and h.shape[-1] != self.width[i]:
        h = pointwise(self.width[i], dtype)(h)
      if i:
        h = resample.upsample(h)
      for _ in range(self.blocks):
        h = ResidualBlock(self.groups[i], self.blocks * count, self.expansion,
                          dtype)(h)
    return ends.widened(pointwise(self.shape[-1], h.dtype, name='out')(h))


class Discriminator(nn.Module):
  """G's stages in reverse, then a weighted mean of 4x4 pixels and one logit.

  Attributes:
    width: channels of each stage, 4 pixels first.
    groups: of the 3x3 convolutions of each stage.
    blocks: residual blocks a stage.
    expansion: of each block.
    embedding: dimensions in which labels meet features; None: width[0].
    bf16: of the stages of the largest pictures, how many compute in bfloat16.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
  """

  width: Sequence[int]
  groups: Sequence[int]
  blocks: int = 2
  expansion: int = 2
  embedding: int | None = None
  bf16: int = 0
  mix: nn.Module | None = None
  outputs: int | None = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    With labels the logit is <e(y), l(h)>, with e(y) of variance 1 / its
    dimensions. `features` True gives (logits, h).
    """
    del train, update_u
    count = stages(x.shape[1:], 'the R3GAN discriminator', self.width,
                   self.groups)
    dtypes = _dtypes(count, self.bf16)
    h = pointwise(self.width[-1], dtypes[-1], name='in')(x)
    for i, dtype in reversed(list(enumerate(dtypes))):
      h = h.astype(dtype)
      for _ in range(self.blocks):
        h = ResidualBlock(self.groups[i], self.blocks * count, self.expansion,
                          dtype)(h)
      if i:
        h = resample.downsample(h)
        if h.shape[-1] != self.width[i - 1]:
          h = pointwise(self.width[i - 1], dtype)(h)
    h = ends.widened(h)
    h = Conv(h.shape[-1], (SMALLEST, SMALLEST), padding='VALID',
             groups=h.shape[-1], use_bias=False, kernel_init=scaled_normal(),
             name='basis')(h)[:, 0, 0]                    # [B, F]
    dense = lambda width, h, name='last', gain=1.: nn.Dense(
        width, use_bias=False, kernel_init=scaled_normal(gain), name=name)(h)
    if y is None:
      return ends.logits(h, dense, self.mix, self.outputs, features)
    size = self.embedding or self.width[0]
    towards = dense(size, ends.widened(y), 'embed', size ** -.5)
    return ends.logits(
        h, lambda _, h: jnp.sum(towards * dense(size, h), -1, keepdims=True),
        self.mix, None, features)
