"""The ResNets of spectral normalisation ("SN32") and of WGAN-GP.

Miyato et al. 2018 (arXiv:1802.05957), table 4, and Miyato and Koyama 2018
(arXiv:1802.05637), figure 14 b, as in the authors' code: residual blocks that
double or halve the picture, D's features summed over it, and, with labels,
G's BatchNorm conditional and D's logit a projection. Gulrajani et al. 2017's
for CIFAR-10 (arXiv:1704.00028, appendix F) have width 128 in G, pool 'mean'
and spectral False in D.

Doubling and halving are part of the 3x3 convolutions (`resample`), which
equals resizing before or after them at a quarter of the products.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.attention import SelfAttention
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.ends import Init
from gans_jax.nets.layers.norm import ConditionalBatchNorm, norm
from gans_jax.nets.layers.spectral import EPSILON, SpectralNorm

Array = jax.Array

GLOROT = nn.initializers.glorot_uniform()
# The residual branches' kernels: Glorot's, times the square root of 2.
BRANCH = nn.initializers.variance_scaling(2., 'fan_avg', 'uniform')

# Sizes that pictures may be halved down to: 4 for 32 px, 6 for 48, 7 for 28.
SMALLEST = (4, 5, 6, 7)


def normed(kind: str | None, h: Array, y: Array | None, train: bool,
           dtype: Any, by_label: Callable = ConditionalBatchNorm) -> Array:
  """`norm`, or BatchNorm by label where there are labels."""
  if kind == 'batch' and y is not None:
    return by_label(dtype=dtype)(h, y, train=train)
  return norm(kind, h, train, dtype=dtype)


def run(layer: nn.Module, h: Array, spectral: bool, update: bool,
        eps: float = EPSILON) -> Array:
  """A layer, spectrally normalised or not."""
  return SpectralNorm(layer, eps)(h, update=update) if spectral else layer(h)


class UpBlock(nn.Module):
  """Norm, relu, conv of the doubled picture, norm, relu, conv; and a shortcut.

  Attributes:
    width: channels out.
    norm: 'batch' or None.
    spectral: whether all kernels are spectrally normalised.
    kernel_init: of all kernels; None: Glorot's, larger in the branch.
    eps: of the spectral normalisation.
    by_label: makes the BatchNorm where there are labels, or other codes.
    dtype: what to compute in.
  """

  width: int
  norm: str | None = 'batch'
  spectral: bool = False
  kernel_init: Init | None = None
  eps: float = EPSILON
  by_label: Callable[..., nn.Module] = ConditionalBatchNorm
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None, *, train: bool) -> Array:
    """[B, H, W, C] and [B, K] or None -> [B, 2H, 2W, width]."""
    def conv(h, size=3, init=BRANCH, **kwargs):
      layer = Conv(self.width, (size, size), dtype=self.dtype,
                   kernel_init=self.kernel_init or init, **kwargs)
      return run(layer, h, self.spectral, train, self.eps)

    act = lambda h: nn.relu(
        normed(self.norm, h, y, train, self.dtype, self.by_label))
    h = conv(act(x), resample='up')
    h = conv(act(h))
    return h + conv(x, 1, GLOROT, resample='up')


class Generator(nn.Module):
  """z, projected to a small picture and doubled in size by residual blocks.

  Attributes:
    shape: [H, W, C] of a picture; square, of 4 to 7 times a power of 2.
    width: channels, everywhere or from the smallest picture to the largest:
      (1024, 512, 256, 128, 64) is the authors' for 64 px.
    norm: 'batch' or None.
    spectral: whether all kernels are spectrally normalised; the vectors move
      in G's own steps.
    attention: size of the picture after whose block there is self-attention;
      None for none.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (32, 32, 3)
  width: int | Sequence[int] = 256
  norm: str | None = 'batch'
  spectral: bool = False
  attention: int | None = None
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C].

    Labels choose the gains and biases of the blocks' BatchNorm; without one
    they are appended to z.
    """
    times, small = ends.halvings(
        self.shape, 'the ResNet generator', SMALLEST)
    widths = each_width(
        self.width, times + 1, 'the ResNet generator', self.shape)
    h = z if self.norm == 'batch' else ends.append_labels(z, y)
    h = run(nn.Dense(small * small * widths[0], kernel_init=GLOROT,
                     dtype=self.dtype), h, self.spectral, train)
    h = h.reshape(-1, small, small, widths[0])
    check_attention(self.attention, [small << i for i in range(1, times + 1)],
                     'the ResNet generator')
    for width in widths[1:]:
      h = UpBlock(width, self.norm, self.spectral, dtype=self.dtype)(
          h, y, train=train)
      if h.shape[1] == self.attention:
        h = SelfAttention(self.spectral, dtype=self.dtype)(h, train=train)
    h = nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    h = run(Conv(self.shape[-1], kernel_init=GLOROT, dtype=self.dtype), h,
            self.spectral, train)
    return ends.squashed(h, self.out)


class DownBlock(nn.Module):
  """Relu, conv, relu, conv and, where it halves, pooling; and a shortcut.

  Attributes:
    width: channels out.
    halve: whether the picture is average-pooled by 2.
    first: no relu before the first convolution, which would cut the pixels;
      its channels are those that come out, not those that come in.
    norm: before each relu: 'layer', 'batch' or None.
    spectral: whether all kernels are spectrally normalised.
    wide: the first convolution always has the channels that come out.
    kernel_init: of all kernels; None: Glorot's, larger in the branch.
    eps: of the spectral normalisation.
    dtype: what to compute in.
  """

  width: int
  halve: bool
  first: bool = False
  norm: str | None = None
  spectral: bool = True
  wide: bool = False
  kernel_init: Init | None = None
  eps: float = EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, update_u: bool) -> Array:
    """[B, H, W, C] -> [B, H/2, W/2, width], or [B, H, W, width]."""
    def conv(h, width=self.width, size=3, init=BRANCH, resample=None):
      layer = Conv(width, (size, size), dtype=self.dtype, resample=resample,
                   kernel_init=self.kernel_init or init)
      return run(layer, h, self.spectral, train and update_u, self.eps)

    act = lambda h: nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    pool = 'pool' if self.halve else None
    hidden = self.width if self.wide else x.shape[-1]
    h = conv(x) if self.first else conv(act(x), width=hidden)
    h = conv(act(h), resample=pool)
    if self.halve or x.shape[-1] != self.width:
      x = conv(x, size=1, init=GLOROT, resample=pool)
    return h + x


class Discriminator(nn.Module):
  """Residual blocks, features pooled over the picture, one logit.

  Attributes:
    width: channels of all blocks, or of each.
    downs: how many blocks, the first ones, halve the picture. By default one
      less than G doubles it, followed by two blocks that keep the size (32
      px: 32, 16, 8, 8, 8); as many as there are widths if these are given.
    norm: before every relu but the first and the last: 'layer', 'batch' or
      None.
    spectral: whether all kernels are spectrally normalised.
    attention: size of the picture after whose first block there is
      self-attention; None for none.
    pool: 'sum' or 'mean'.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    wide: as in `DownBlock`.
    attention_pool: BigGAN's form of attention, see `SelfAttention`.
    kernel_init: of all kernels; None: Glorot's, larger in the branches.
    eps: of the spectral normalisation.
    dtype: what to compute in.
  """

  width: int | Sequence[int] = 128
  downs: int | None = None
  norm: str | None = None
  spectral: bool = True
  attention: int | None = None
  pool: str = 'sum'
  mix: nn.Module | None = None
  outputs: int | None = None
  wide: bool = False
  attention_pool: bool = False
  kernel_init: Init | None = None
  eps: float = EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    With labels the logit is `l(h) + <V y, h>`, h the pooled features.
    `update_u` False keeps the spectral vectors as they are: see
    `SpectralNorm`. `features` True gives (logits, input of the last layer).
    """
    net = 'the ResNet discriminator'
    times, _ = ends.halvings(x.shape[1:], net, SMALLEST)
    downs = self.downs
    if downs is None:
      downs = times - 1 if isinstance(self.width, int) else len(self.width)
    blocks = downs + 2 if isinstance(self.width, int) else len(self.width)
    widths = each_width(self.width, blocks, net, x.shape[1:])

    h, mode = x, dict(train=train, update_u=update_u)
    spectral = dict(spectral=self.spectral, eps=self.eps, dtype=self.dtype)
    check_attention(self.attention, [
        x.shape[1] >> min(i + 1, downs) for i in range(blocks)], net)
    attended = self.attention is None
    for i, width in enumerate(widths):
      h = DownBlock(width, halve=i < downs, first=i == 0, norm=self.norm,
                    wide=self.wide, kernel_init=self.kernel_init,
                    **spectral)(h, **mode)
      if not attended and h.shape[1] == self.attention:
        h = SelfAttention(pool=self.attention_pool, **spectral,
                          kernel_init=self.kernel_init or GLOROT)(h, **mode)
        attended = True

    def dense(inputs, width, **kwargs):
      layer = nn.Dense(width, kernel_init=self.kernel_init or GLOROT, **kwargs)
      return run(layer, inputs, self.spectral, train and update_u, self.eps)

    return head(h, y, dense, self.pool, self.mix, self.outputs, features)


def head(h: Array, y: Array | None, dense: Callable[..., Array],
         pool: str = 'sum', mix: nn.Module | None = None,
         outputs: int | None = None, features: bool = False):
  """How a residual discriminator ends: pooling, a logit, a projection.

  Args:
    h: [B, H, W, C] of the last block, before its relu.
    y: one-hot [B, K], or None.
    dense: (inputs, width, **options of nn.Dense) -> [B, width].
    pool: 'sum' or 'mean'.
    mix: as `ends.logits` has it.
    outputs: likewise.
    features: likewise.

  Raises:
    ConfigError: another pool.
  """
  pools = {'sum': jnp.sum, 'mean': jnp.mean}
  if pool not in pools:
    raise ConfigError(f"pool is 'sum' or 'mean', not {pool!r}")
  h = pools[pool](ends.widened(nn.relu(h)), (1, 2))         # [B, C]
  last = lambda width, h: dense(h, width)
  row = None if y is None else dense(
      ends.widened(y), h.shape[-1], use_bias=False, name='projection')
  return ends.logits(h, last, mix, outputs, features, row)


def check_attention(size: int | None, sizes: Sequence[int], net: str) -> None:
  """Raises ConfigError if no picture inside the net has `size` pixels."""
  if size is not None and size not in sizes:
    raise ConfigError(
        f'{net} has pictures of {", ".join(map(str, dict.fromkeys(sizes)))} '
        f'pixels after its blocks, and attention={size}')


def each_width(width: int | Sequence[int], blocks: int, net: str,
               shape: Sequence[int]) -> tuple[int, ...]:
  """One width a block; ConfigError if as many are not given."""
  if isinstance(width, int):
    return (width,) * blocks
  if len(width) != blocks:
    raise ConfigError(
        f'{net} of {shape[0]} px takes one width or {blocks}, not '
        f'{len(width)}: {tuple(width)}')
  return tuple(width)
