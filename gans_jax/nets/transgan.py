"""The nets of TransGAN: two transformers, no convolution.

Jiang, Chang, Wang 2021 (arXiv:2102.07074), sections 3 and 4.3, and the authors'
code. G: z becomes 8x8 tokens of 1024 channels; stages of transformer blocks,
between which pixel shuffle doubles the side and quarters the channels; a linear
map of every token to a pixel. D: patches of 2x2 and of 4x4 pixels, two stages,
a class token, which one last block fills and a linear map judges.

Departures: dense biases begin at 0 where the code of G leaves PyTorch's uniform
ones; bicubic doubling has Keys' a = -0.5 and renormalised borders, PyTorch's
has -0.75 and repeated ones.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends, windows
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.transformer import NORMAL, UNIFORM, Block, TokenNorm

Array = jax.Array

GLOROT = nn.initializers.glorot_uniform()


def _positions(module: nn.Module, name: str, h: Array) -> Array:
  """h [B, N, C] and an embedding of its places, learnt."""
  table = module.param(name, NORMAL, h.shape[1:])
  return h + table.astype(h.dtype)


def _picture(h: Array) -> Array:
  side = windows.side(h)
  return h.reshape(-1, side, side, h.shape[-1])


def _tokens(h: Array) -> Array:
  return h.reshape(h.shape[0], -1, h.shape[-1])


class Generator(nn.Module):
  """Tokens of a small picture, doubled in size between stages of blocks.

  Attributes:
    shape: [H, W, C] of a picture: square, its side a multiple of 2^doublings.
    width: channels of the smallest picture.
    depths: blocks of each stage, smallest picture first.
    heads: of attention.
    bicubic: of the doublings, how many of the first are bicubic and keep their
      channels; the others are pixel shuffles.
    windows: of each stage, as `Block.window`; None: all attend to all.
    cross: whether blocks first attend to tokens that z is mapped to for this,
      as many as the smallest picture has.
    norm: of `TokenNorm`.
    noise: whether tokens get noise, of a learnt strength.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (32, 32, 3)
  width: int = 1024
  depths: Sequence[int] = (5, 4, 2)
  heads: int = 4
  bicubic: int = 0
  windows: Sequence[int | None] | None = None
  cross: bool = False
  norm: str | None = 'layer'
  noise: bool = False
  out: str | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, H, W, C]."""
    del train    # the same in both modes
    small = bottom(self.shape, len(self.depths))
    start = lambda name: nn.Dense(
        small * small * self.width, kernel_init=UNIFORM, dtype=self.dtype,
        name=name)(z).reshape(-1, small * small, self.width)
    h = _positions(self, 'positions_0', start('start'))
    others = (_positions(self, 'other_positions', start('others'))
              if self.cross else None)
    for i, (depth, window) in enumerate(zip(
        self.depths, self.windows or (None,) * len(self.depths), strict=True)):
      if i:
        h = _picture(h)
        if i <= self.bicubic:
          b, side, _, c = h.shape
          h = jax.image.resize(h, (b, 2 * side, 2 * side, c), 'cubic')
        else:
          h = windows.shuffle(h)
        h = _positions(self, f'positions_{i}', _tokens(h))
      for j in range(depth):
        h = Block(self.heads, window=window, norm=self.norm, noise=self.noise,
                  dtype=self.dtype, name=f'block_{i}_{j}')(h, others)
    h = nn.Dense(self.shape[-1], kernel_init=GLOROT, dtype=self.dtype,
                 name='pixels')(h)
    return ends.squashed(_picture(h), self.out)


def bottom(shape: Sequence[int], stages: int) -> int:
  """The side of the smallest picture.

  Raises:
    ConfigError: the shape is no square picture that can be halved so often.
  """
  times = 2 ** (stages - 1)
  if len(shape) != 3 or shape[0] != shape[1] or shape[0] % times:
    raise ConfigError(
        f"TransGAN's generator of {stages} stages makes square pictures whose "
        f'side is a multiple of {times}, not {list(shape)}: change '
        'config.data.size, or the number of depths')
  return shape[0] // times


class Discriminator(nn.Module):
  """Patches of several sizes, attention, a class token that is judged.

  Stage i halves what stage i - 1 left by average pooling, and appends patches
  of twice the size, so that both kinds lie on one grid.

  Attributes:
    widths: channels of the patches of each size, smallest patches first;
      stage i has the sum of the first i + 1.
    depths: blocks of each stage.
    patch: pixels a side of the smallest patches.
    heads: of attention.
    windows: of each stage, as `Block.window`; None: all attend to all.
    norm: of `TokenNorm`.
    noise: whether tokens get noise, of a learnt strength.
    outputs: logits a sample; None for one without an axis.
    dtype: what to compute in.
  """

  widths: Sequence[int] = (288, 96)
  depths: Sequence[int] = (3, 3)
  patch: int = 2
  heads: int = 4
  windows: Sequence[int | None] | None = None
  norm: str | None = 'layer'
  noise: bool = True
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, H, W, C] -> logits [B]; with `features` (logits, [B, F])."""
    del train    # the same in both modes
    stages = len(self.depths)
    largest = self.patch * 2 ** (stages - 1)
    if any(n % largest for n in x.shape[1:3]) or x.shape[1] != x.shape[2]:
      raise ConfigError(
          f"TransGAN's discriminator of patches of {self.patch} to {largest} "
          f'pixels takes square pictures whose side is a multiple of {largest}'
          f', not {x.shape[1]} x {x.shape[2]}')
    block = lambda name, **options: Block(
        self.heads, norm=self.norm, noise=self.noise, kernel_init=NORMAL,
        dtype=self.dtype, name=name, **options)
    h = None
    for i, (width, depth, window) in enumerate(zip(
        self.widths, self.depths, self.windows or (None,) * stages,
        strict=True)):
      size = self.patch << i
      patches = _tokens(Conv(
          width, (size, size), (size, size), 'VALID', kernel_init=GLOROT,
          dtype=self.dtype, name=f'patches_{i}')(x))
      if i:
        pooled = jnp.mean(windows.split(_picture(h), 2), 2)
        patches = jnp.concatenate([pooled, patches], -1)
      h = _positions(self, f'positions_{i}', patches)
      for j in range(depth):
        h = block(f'block_{i}_{j}', window=window)(h)
    token = self.param('class', NORMAL, (1, 1, h.shape[-1])).astype(h.dtype)
    h = jnp.concatenate([jnp.broadcast_to(
        token, (len(h), 1, h.shape[-1])), h], 1)
    h = TokenNorm(self.norm, self.dtype)(
        block('block_last', positions=False)(h))[:, 0]
    last = lambda n, h: nn.Dense(n, kernel_init=NORMAL, dtype=self.dtype)(h)
    return ends.logits(h, last, outputs=self.outputs, features=features)
