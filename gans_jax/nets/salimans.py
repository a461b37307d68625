"""The semi-supervised discriminators of Improved GAN."""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.noise import GaussianNoise
from gans_jax.nets.layers.weight_norm import WeightNorm

Array = jax.Array

NORMAL = nn.initializers.normal(.05)


class Discriminator(nn.Module):
  """Dense layers with weight normalisation and noise before each.

  The authors' code of Salimans et al. 2016 (arXiv:1606.03498) for MNIST: noise
  of .3 at the input and of .5 before every other layer, ReLU, lengths of the
  hidden layers' weights set by data and then left.

  Attributes:
    hidden: widths.
    input_noise: standard deviation of the noise at the input.
    noise: of that before every other layer.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  hidden: Sequence[int] = (1000, 500, 250, 250, 250)
  input_noise: float = .3
  noise: float = .5
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, last hidden layer, before its noise).
    """
    del update_u    # every discriminator takes it
    dense = lambda width, learn: WeightNorm(
        nn.Dense(width, use_bias=False, dtype=self.dtype,
                 kernel_init=nn.initializers.normal(.1)), learn)
    h = ends.append_labels(x.reshape(x.shape[0], -1), y)
    std = self.input_noise
    for width in self.hidden:
      h = nn.relu(dense(width, False)(GaussianNoise(std)(h, train=train)))
      std = self.noise
    last = lambda width, h: dense(width, True)(
        GaussianNoise(std)(h, train=train))
    return ends.logits(h, last, self.mix, self.outputs, features)


class Convolutional(nn.Module):
  """The same authors' for CIFAR-10 and SVHN: convolutions, and dropout.

  Twice three 3x3 convolutions of which the third halves the picture, one
  without padding, two of 1x1, a mean over places; LeakyReLU(0.2), dropout of
  .2 of the input and of .5 after each three. Lengths of the hidden layers'
  weights are set by data and then left; the last layer begins at .1 of that.

  Attributes:
    width: channels before the first halving, twice as many after it: 96 for
      CIFAR-10, 64 for SVHN.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  width: int = 96
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, means over places [B, 2 width]).
    """
    del update_u    # every discriminator takes it
    drop = lambda share, h: nn.Dropout(share, deterministic=not train)(h)

    def conv(h, width, size=3, strides=1, padding=1):
      layer = Conv(width, (size, size), strides=strides, padding=padding,
                   use_bias=False, dtype=self.dtype, kernel_init=NORMAL)
      return ends.lrelu(WeightNorm(layer, learn_scale=False)(h))

    h = drop(.2, ends.append_labels(x, y))
    for width in (self.width, 2 * self.width):
      h = conv(conv(conv(h, width), width), width, strides=2)
      h = drop(.5, h)
    h = conv(h, width, padding=0)
    h = conv(conv(h, width, 1, padding=0), width, 1, padding=0)
    last = lambda width, h: WeightNorm(nn.Dense(
        width, use_bias=False, dtype=self.dtype, kernel_init=NORMAL), std=.1)(h)
    return ends.logits(jnp.mean(ends.widened(h), (1, 2)), last, self.mix,
                       self.outputs, features)
