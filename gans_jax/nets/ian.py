"""The nets of introspective adversarial networks.

Brock, Lim, Ritchie and Weston 2017 (arXiv:1609.07093), as their published code
has them for CelebA at 64 pixels: E is a shallow head on D's trunk, G decodes by
multiscale dilated blocks, D sees how near the samples of a batch are.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.minibatch import MinibatchDiscrimination
from gans_jax.nets.layers.multiscale import BetaPixels, MultiscaleBlock
from gans_jax.nets.layers.norm import norm
from gans_jax.nets.vae_gan import smallest

Array = jax.Array

NORMAL = nn.initializers.normal(.02)


class Discriminator(nn.Module):
  """5x5 convolutions that halve a picture, to logits.

  Attributes:
    outputs: logits.
    widths: channels after each halving.
    kernels: of minibatch discrimination on the means of the last maps.
    dtype: what to compute in.
  """

  outputs: int = 3
  widths: Sequence[int] = (128, 256, 512, 1024)
  kernels: int = 500
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, H, W, C] -> logits [B, outputs].

    `features` True gives (logits, the maps [B, h, w, c] of every layer).
    """
    smallest(x.shape[1:], len(self.widths))
    h, maps = x, []
    for i, width in enumerate(self.widths):
      kind = 'batch' if i else None
      h = Conv(width, (5, 5), 2, use_bias=kind is None, kernel_init=NORMAL,
               dtype=self.dtype)(h)
      h = ends.lrelu(norm(kind, h, train, dtype=self.dtype))
      maps.append(h)
    mixed = MinibatchDiscrimination(self.kernels, dtype=self.dtype)(
        jnp.mean(h, (1, 2)))
    logits = ends.widened(nn.Dense(
        self.outputs, use_bias=False, kernel_init=NORMAL,
        dtype=self.dtype)(mixed))
    return (logits, tuple(maps)) if features else logits


class DenseDiscriminator(nn.Module):
  """The same of dense layers, for points and small pictures.

  Attributes:
    outputs: logits.
    hidden: widths.
    kernels: of minibatch discrimination on the last of them; 0 for none.
  """

  outputs: int = 3
  hidden: Sequence[int] = (128, 128)
  kernels: int = 0

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, ...] -> logits [B, outputs].

    `features` True gives (logits, what every hidden layer gives).
    """
    del train
    h, maps = x.reshape(x.shape[0], -1), []
    for width in self.hidden:
      h = ends.lrelu(nn.Dense(width)(h))
      maps.append(h)
    if self.kernels:
      h = MinibatchDiscrimination(self.kernels)(h)
    logits = nn.Dense(self.outputs)(h)
    return (logits, tuple(maps)) if features else logits


class Head(nn.Module):
  """E, on the last maps of D: a posterior's outputs.

  Both means and log standard deviations are batch normalised, so that over a
  batch they begin with a mean of 0 and a standard deviation of 1.

  Attributes:
    z: dimensions of the codes.
    fc: width of the hidden layer.
    dtype: what to compute in.
  """

  z: int = 100
  fc: int = 1000
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, *, train: bool) -> Array:
    """[B, h, w, c] -> [B, 2 z]."""
    dense = lambda width, h: norm('batch', nn.Dense(
        width, use_bias=False, kernel_init=NORMAL, dtype=self.dtype)(h), train,
                                  dtype=self.dtype)
    h = nn.relu(dense(self.fc, h.reshape(h.shape[0], -1)))
    return ends.widened(jnp.concatenate([dense(self.z, h) for _ in range(2)],
                                        -1))


class Generator(nn.Module):
  """Codes to a picture, by transposed 5x5 convolutions.

  Attributes:
    shape: [H, W, C] of a picture.
    first: channels before the first doubling.
    widths: channels after each doubling.
    scales: of the multiscale block after each doubling; () for none.
    beta: scales of the last layer, `BetaPixels`; () makes it one more doubling,
      by a transposed convolution.
    out: 'tanh', 'sigmoid' or None: the range that pixels come in.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (64, 64, 3)
  first: int = 512
  widths: Sequence[int] = (512, 256, 128, 128)
  scales: Sequence[Sequence[int]] = ((0, 2), (0, 2, 3), (0, 2, 3), ())
  beta: Sequence[int] = (2, 3, 4)
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, H, W, C]."""
    up = lambda width, h, bias=False: ConvTranspose(
        width, (5, 5), use_bias=bias, kernel_init=NORMAL, dtype=self.dtype)(h)
    doublings = len(self.widths) + (not self.beta)
    height, width = smallest(self.shape, doublings)
    h = ends.lrelu(nn.Dense(height * width * self.first, kernel_init=NORMAL,
                            dtype=self.dtype)(z))
    h = h.reshape(-1, height, width, self.first)
    for channels, scales in zip(self.widths, self.scales, strict=True):
      h = norm('batch', up(channels, h), train, dtype=self.dtype)
      h = (MultiscaleBlock(scales, dtype=self.dtype)(h, train=train) if scales
           else ends.lrelu(h))
    if not self.beta:
      return ends.squashed(up(self.shape[-1], h, bias=True), self.out)
    pixels = BetaPixels(self.shape[-1], self.beta, dtype=self.dtype)(h)
    return pixels if self.out == 'sigmoid' else 2 * pixels - 1
