"""The nets of BigBiGAN beside those of BigGAN: towers of D, and an encoder.

Donahue and Simonyan 2019 (arXiv:1907.02544), section 2 and appendix A. D is
BigGAN's D as F(x), a residual MLP H(z), and another, J, on the features of
both; each has a score of its own. E is a ResNet-50 of the second version with
BatchNorm, and a residual MLP on its pooled features.
"""

from collections.abc import Sequence
import functools
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.ends import Init
from gans_jax.nets.layers.norm import norm
from gans_jax.nets.layers.spectral import EPSILON
from gans_jax.nets.resnet import run

Array = jax.Array

HE = nn.initializers.he_normal()


class ResidualMLP(nn.Module):
  """Blocks of two dense layers, each added to what it was given.

  A block is `skip(h) + dense(relu(dense(relu(h))))`, without the first relu in
  the first block; skip is dense where widths differ.

  Attributes:
    width: of all layers.
    blocks: how many.
    spectral: whether all kernels are spectrally normalised.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    dtype: what to compute in.
  """

  width: int = 2048
  blocks: int = 4
  spectral: bool = True
  kernel_init: Init = nn.initializers.glorot_uniform()
  eps: float = EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, *, train: bool, update_u: bool = True) -> Array:
    """[B, F] -> [B, width], after a last relu."""
    dense = lambda h: run(
        nn.Dense(self.width, kernel_init=self.kernel_init, dtype=self.dtype),
        h, self.spectral, train and update_u, self.eps)
    for i in range(self.blocks):
      r = dense(nn.relu(dense(nn.relu(h) if i else h)))
      h = r + (h if h.shape[-1] == self.width else dense(h))
    return nn.relu(h)


class Towers(nn.Module):
  """D of pairs: scores of x, of z and of both.

  Attributes:
    f: x -> (score, features) with features=True: a discriminator.
    width: of the MLPs of z and of both.
    blocks: of each of them.
    unary: whether x and z have scores of their own.
    spectral: whether the kernels of these MLPs are spectrally normalised.
    kernel_init: of their kernels.
    eps: of the spectral normalisation.
    dtype: what they compute in.
  """

  f: nn.Module
  width: int = 2048
  blocks: int = 4
  unary: bool = True
  spectral: bool = True
  kernel_init: Init = nn.initializers.glorot_uniform()
  eps: float = EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, z: Array, *, train: bool, update_u: bool = True,
               features: bool = False):
    """[B, ...] and [B, Z] -> scores [B, 3] of x, z and both, or [B, 1].

    `features` True gives (scores, F(x)).
    """
    mode = dict(train=train, update_u=update_u)
    tower = functools.partial(
        ResidualMLP, self.width, self.blocks, self.spectral, self.kernel_init,
        self.eps, self.dtype)

    def score(h, name):
      layer = nn.Dense(1, kernel_init=self.kernel_init, dtype=self.dtype,
                       name=name)
      h = run(layer, h, self.spectral, train and update_u, self.eps)
      return ends.widened(h)[..., 0]

    s_x, of_x = self.f(x, features=True, **mode)
    of_z = tower(name='h')(z, **mode)
    both = tower(name='j')(
        jnp.concatenate([of_x, of_z.astype(of_x.dtype)], -1), **mode)
    scores = [score(both, 'score')]
    if self.unary:
      scores = [s_x, score(of_z, 'score_z'), *scores]
    scores = jnp.stack(scores, -1)
    return (scores, of_x) if features else scores


class Bottleneck(nn.Module):
  """Norm, relu, conv 1x1, 3x3, 1x1: He et al. 2016 (arXiv:1603.05027).

  Attributes:
    width: of the 3x3 convolution; 4 times as many channels come out.
    stride: of the 3x3 convolution.
    dtype: what to compute in.
  """

  width: int
  stride: int = 1
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, H, W, C] -> [B, H / stride, W / stride, 4 width]."""
    act = lambda h: nn.relu(norm('batch', h, train, dtype=self.dtype))
    conv = lambda h, width, size=1, stride=1: Conv(
        width, (size, size), stride, use_bias=False, kernel_init=HE,
        dtype=self.dtype)(h)
    h = act(x)
    if self.stride > 1 or x.shape[-1] != 4 * self.width:
      x = conv(h, 4 * self.width, stride=self.stride)
    h = act(conv(h, self.width))
    h = act(conv(h, self.width, 3, self.stride))
    return x + conv(h, 4 * self.width)


class Encoder(nn.Module):
  """ResNet-50 to its pooled features, then a residual MLP to codes.

  Attributes:
    outputs: of the last layer.
    width: of the first stage; each stage has twice that of the one before.
    depths: blocks of each stage; all but the first halve the picture.
    head: width of the MLP.
    head_blocks: its blocks.
    dtype: what to compute in.
  """

  outputs: int = 240
  width: int = 64
  depths: Sequence[int] = (3, 4, 6, 3)
  head: int = 4096
  head_blocks: int = 2
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, H, W, C] -> [B, outputs].

    `features` True gives (codes, pooled features [B, 4 x the last width]),
    which the paper trains linear classifiers on.
    """
    h = Conv(self.width, (7, 7), 2, use_bias=False, kernel_init=HE,
             dtype=self.dtype)(x)
    h = nn.max_pool(h, (3, 3), (2, 2), 'SAME')
    for i, depth in enumerate(self.depths):
      for j in range(depth):
        h = Bottleneck(self.width << i, 2 if i and not j else 1,
                       dtype=self.dtype)(h, train=train)
    h = nn.relu(norm('batch', h, train, dtype=self.dtype))
    pooled = jnp.mean(ends.widened(h), (1, 2))
    h = ResidualMLP(self.head, self.head_blocks, spectral=False,
                    dtype=self.dtype, name='head')(pooled, train=train)
    out = ends.widened(nn.Dense(self.outputs, dtype=self.dtype)(h))
    return (out, pooled) if features else out
