"""The ResNets of spectral normalisation ("SN32") and of WGAN-GP.

Miyato et al. 2018 (arXiv:1802.05957), table 4, and Miyato and Koyama 2018
(arXiv:1802.05637), figure 14 b, as in the authors' code: residual blocks that
double or halve the picture, D's features summed over it, and, with labels,
G's BatchNorm conditional and D's logit a projection. Gulrajani et al. 2017's
for CIFAR-10 (arXiv:1704.00028, appendix F) have width 128 in G, pool 'mean'
and spectral False in D.

Doubling and halving are part of the 3x3 convolutions (`resample`), which
equals resizing before or after them at a half of the work or less.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.attention import SelfAttention
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.norm import ConditionalBatchNorm, norm
from gans_jax.nets.layers.spectral import SpectralNorm

Array = jax.Array

GLOROT = nn.initializers.glorot_uniform()
# The residual branches' kernels: Glorot's, times the square root of 2.
BRANCH = nn.initializers.variance_scaling(2., 'fan_avg', 'uniform')

# Sizes that pictures may be halved down to: 4 for 32 px, 6 for 48, 7 for 28.
SMALLEST = (4, 5, 6, 7)


def _normed(kind, h, y, train, dtype):
  """`norm`, or BatchNorm by label where there are labels."""
  if kind == 'batch' and y is not None:
    return ConditionalBatchNorm(dtype=dtype)(h, y, train=train)
  return norm(kind, h, train, dtype=dtype)


def _run(layer, h, spectral, update):
  """A layer, spectrally normalised or not."""
  return SpectralNorm(layer)(h, update=update) if spectral else layer(h)


class UpBlock(nn.Module):
  """Norm, relu, conv of the doubled picture, norm, relu, conv; and a shortcut.

  Attributes:
    width: channels out.
    norm: 'batch' or None.
    spectral: whether all kernels are spectrally normalised.
    dtype: what to compute in.
  """

  width: int
  norm: str | None = 'batch'
  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None, *, train: bool) -> Array:
    """[B, H, W, C] and [B, K] or None -> [B, 2H, 2W, width]."""
    def conv(h, size=3, init=BRANCH, **kwargs):
      layer = Conv(self.width, (size, size), kernel_init=init,
                   dtype=self.dtype, **kwargs)
      return _run(layer, h, self.spectral, train)

    h = nn.relu(_normed(self.norm, x, y, train, self.dtype))
    h = conv(h, resample='up')
    h = conv(nn.relu(_normed(self.norm, h, y, train, self.dtype)))
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
    widths = _widths(self.width, times + 1, 'the ResNet generator', self.shape)
    h = z if self.norm == 'batch' else ends.append_labels(z, y)
    run = lambda layer, h: _run(layer, h, self.spectral, train)
    h = run(nn.Dense(small * small * widths[0], kernel_init=GLOROT,
                     dtype=self.dtype), h)
    h = h.reshape(-1, small, small, widths[0])
    _check_attention(self.attention, [small << i for i in range(1, times + 1)],
                     'the ResNet generator')
    for width in widths[1:]:
      h = UpBlock(width, self.norm, self.spectral, self.dtype)(
          h, y, train=train)
      if h.shape[1] == self.attention:
        h = SelfAttention(self.spectral, dtype=self.dtype)(h, train=train)
    h = nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    h = run(Conv(self.shape[-1], kernel_init=GLOROT, dtype=self.dtype), h)
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
    dtype: what to compute in.
  """

  width: int
  halve: bool
  first: bool = False
  norm: str | None = None
  spectral: bool = True
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, update_u: bool) -> Array:
    """[B, H, W, C] -> [B, H/2, W/2, width], or [B, H, W, width]."""
    def conv(h, width=self.width, size=3, init=BRANCH, resample=None):
      layer = Conv(width, (size, size), kernel_init=init, dtype=self.dtype,
                   resample=resample)
      return _run(layer, h, self.spectral, train and update_u)

    act = lambda h: nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    pool = 'pool' if self.halve else None
    h = conv(x) if self.first else conv(act(x), width=x.shape[-1])
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
    widths = _widths(self.width, blocks, net, x.shape[1:])

    h, mode = x, dict(train=train, update_u=update_u)
    _check_attention(self.attention, [
        x.shape[1] >> min(i + 1, downs) for i in range(blocks)], net)
    attended = self.attention is None
    for i, width in enumerate(widths):
      h = DownBlock(width, halve=i < downs, first=i == 0, norm=self.norm,
                    spectral=self.spectral, dtype=self.dtype)(h, **mode)
      if not attended and h.shape[1] == self.attention:
        h = SelfAttention(self.spectral, dtype=self.dtype)(h, **mode)
        attended = True
    h = nn.relu(h)
    pools = {'sum': jnp.sum, 'mean': jnp.mean}
    if self.pool not in pools:
      raise ConfigError(f"pool is 'sum' or 'mean', not {self.pool!r}")
    h = pools[self.pool](ends.widened(h), (1, 2))         # [B, width]

    def dense(inputs, width, **kwargs):
      layer = nn.Dense(width, kernel_init=GLOROT, **kwargs)
      return _run(layer, inputs, self.spectral, train and update_u)

    last = lambda width, h: dense(h, width)
    row = None if y is None else dense(
        ends.widened(y), h.shape[-1], use_bias=False, name='projection')
    return ends.logits(h, last, self.mix, self.outputs, features, row)


def _check_attention(size, sizes, net):
  if size is not None and size not in sizes:
    raise ConfigError(
        f'{net} has pictures of {", ".join(map(str, dict.fromkeys(sizes)))} '
        f'pixels after its blocks, and attention={size}')


def _widths(width, blocks, net, shape):
  """One width a block."""
  if isinstance(width, int):
    return (width,) * blocks
  if len(width) != blocks:
    raise ConfigError(
        f'{net} of {shape[0]} px takes one width or {blocks}, not '
        f'{len(width)}: {tuple(width)}')
  return tuple(width)
