"""Multiscale dilated convolutions: one kernel, several distances of its taps.

Brock et al. 2017 (introspective adversarial networks, arXiv:1609.07093),
section 3.2.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import conv
from gans_jax.nets.layers.norm import norm

Array = jax.Array


class MultiscaleConv(nn.Module):
  """`sum_s k_s * conv(x, W dilated by s)` over 1 and the given scales.

  Each scale has a coefficient for every channel out; all are learnt, and begin
  such that their sum is 1. Without bias, as in the published code.

  Attributes:
    features: channels out.
    scales: dilations beside 1; 0 stands for a pointwise convolution by the mean
      of the kernel's taps.
    kernel_init: of the 3x3 kernel.
    dtype: what to compute in.
  """

  features: int
  scales: Sequence[int] = (2, 3)
  kernel_init: ends.Init = nn.initializers.normal(.02)
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """[B, H, W, C] -> [B, H, W, features]."""
    scales = (1, *self.scales)
    kernel = self.param(
        'kernel', self.kernel_init, (3, 3, x.shape[-1], self.features))
    shares = self.param('scale', nn.initializers.constant(1 / len(scales)),
                        (len(scales), self.features))
    x, kernel, shares = nn.dtypes.promote_dtype(
        x, kernel, shares, dtype=self.dtype)
    taps = lambda s: kernel if s else jnp.mean(kernel, (0, 1), keepdims=True)
    return sum(conv(x, taps(s) * share, dilation=max(s, 1))
               for s, share in zip(scales, shares))


class MultiscaleBlock(nn.Module):
  """A residual block of two of them, pre-activated, and an activation.

  Attributes:
    scales: of both.
    activation: of the block.
    dtype: what to compute in.
  """

  scales: Sequence[int] = (2, 3)
  activation: Callable[[Array], Array] = ends.lrelu
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, H, W, C] -> [B, H, W, C]."""
    act = lambda h: self.activation(norm('batch', h, train, dtype=self.dtype))
    h = x
    for _ in range(2):
      h = MultiscaleConv(x.shape[-1], self.scales, dtype=self.dtype)(act(h))
    return act(x + h)


class BetaPixels(nn.Module):
  """Each channel the mean of a beta distribution, given those before it.

  `alpha / (alpha + beta)`, both sigmoids of multiscale convolutions of h and of
  the alphas and betas of the channels before: the "RGB-Beta" layer of section
  3.2.

  Attributes:
    features: channels of the picture.
    scales: of the convolutions.
    dtype: what to compute in.
  """

  features: int
  scales: Sequence[int] = (2, 3, 4)
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array) -> Array:
    """[B, H, W, C] -> [B, H, W, features], in (0, 1)."""
    layer = lambda x: MultiscaleConv(2, self.scales, dtype=self.dtype)(x)
    known, pixels = [], []
    for _ in range(self.features):
      given = layer(h)
      if known:
        given += layer(jnp.concatenate(known, -1))
      known.append(nn.sigmoid(given))
      alpha, beta = ends.widened(known[-1])[..., 0], ends.widened(
          known[-1])[..., 1]
      pixels.append(alpha / (alpha + beta + 1e-8))
    return jnp.stack(pixels, -1)
