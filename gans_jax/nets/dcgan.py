"""The DCGAN nets: Radford, Metz and Chintala 2016 (arXiv:1511.06434).

Strided 5x5 convolutions both ways, BatchNorm everywhere but at G's output and
D's input, no hidden dense layer; weights from N(0, .02^2), gains from
N(1, .02^2). They take square pictures of 4 x 2^k pixels, 8 and up, and of
6 x 2^k (f-GAN's of 96); D also of 7 x 2^k, since it is least squares GAN's of
112 pixels (Mao et al. 2017).
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.nets import dc28
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.norm import norm
from gans_jax.nets.layers.spectral import SpectralNorm

Array = jax.Array

NORMAL = nn.initializers.normal(.02)
GAIN = ends.gain_init(.02)


class Generator(nn.Module):
  """z, projected to 4x4 (or 6x6) and doubled in size up to the picture.

  The paper's is shape (64, 64, 3) and width 128: 4x4x1024, 8x8x512, 16x16x256,
  32x32x128, 64x64x3.

  Attributes:
    shape: [H, W, C] of a picture.
    width: channels at half the size; every halving before has twice as many.
    norm: after every layer but the last: 'batch' or None.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (64, 64, 3)
  width: int = 128
  norm: str | None = 'batch'
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C].

    Labels are appended to z.
    """
    times, size = ends.halvings(self.shape, 'the DCGAN generator', [4, 6])
    bias = self.norm is None
    act = lambda h: nn.relu(norm(
        self.norm, h, train, dtype=self.dtype, scale_init=GAIN))
    up = lambda width, bias: ConvTranspose(
        width, (5, 5), use_bias=bias, kernel_init=NORMAL, dtype=self.dtype)

    first = self.width << (times - 1)
    h = nn.Dense(size * size * first, use_bias=bias, kernel_init=NORMAL,
                 dtype=self.dtype)(ends.append_labels(z, y))
    h = act(h.reshape(-1, size, size, first))
    for i in reversed(range(times - 1)):
      h = act(up(self.width << i, bias)(h))
    return ends.squashed(up(self.shape[-1], True)(h), self.out)


class Discriminator(nn.Module):
  """Pictures, halved in size down to 4x4, to one logit.

  The paper's of 64 x 64 pictures has width 64: 64, 128, 256 and 512 channels.

  Attributes:
    width: channels at half the size; every further halving has twice as many.
    norm: after every layer but the first and the last: 'batch', 'layer' or
      None. A critic with a gradient penalty has no 'batch'.
    spectral: whether all kernels are spectrally normalised.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  width: int = 64
  norm: str | None = 'batch'
  spectral: bool = False
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    Labels are appended to x as constant channels. `update_u` False keeps the
    spectral vectors as they are: see `SpectralNorm`. `features` True gives
    (logits, input of the last layer).
    """
    times, _ = ends.halvings(x.shape[1:], 'the DCGAN discriminator', [4, 6, 7])

    def run(layer, h):
      if self.spectral:
        return SpectralNorm(layer)(h, update=train and update_u)
      return layer(h)

    h = ends.append_labels(x, y)
    for i in range(times):
      kind = self.norm if i else None
      h = run(Conv(self.width << i, (5, 5), strides=2, use_bias=kind is None,
                   kernel_init=NORMAL, dtype=self.dtype), h)
      h = ends.lrelu(norm(
          kind, h, train, dtype=self.dtype, scale_init=GAIN))
    last = lambda width, h: run(
        nn.Dense(width, kernel_init=NORMAL, dtype=self.dtype), h)
    return ends.logits(h.reshape(h.shape[0], -1), last, self.mix,
                       self.outputs, features)


def generator28(shape: Sequence[int] = (28, 28, 1), width: int = 64,
                fc: int = 1024, out: str | None = 'sigmoid',
                dtype: Any = None) -> dc28.Generator:
  """The conditional MNIST generator of the authors' code.

  As `dc28.Generator` with 5x5 kernels and DCGAN's initial gains; labels, if it
  is called with any, join the input of every layer.
  """
  return dc28.Generator(shape=shape, width=width, fc=fc, kernel=5, out=out,
                        gain_init=GAIN, dtype=dtype)


def discriminator28(width: int = 64, fc: int = 1024,
                    norm: str | None = 'batch', dtype: Any = None
                    ) -> dc28.Discriminator:
  """The discriminator that belongs to `generator28`."""
  return dc28.Discriminator(width=width, fc=fc, kernel=5, norm=norm,
                            gain_init=GAIN, dtype=dtype)
