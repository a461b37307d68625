"""Fully connected nets, for points and for small pictures."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.norm import norm
from gans_jax.nets.layers.spectral import SpectralNorm

Array = jax.Array
Activation = Callable[[Array], Array]

INIT = nn.initializers.lecun_normal()
ZEROS = nn.initializers.zeros_init()


class Generator(nn.Module):
  """z, and labels if any, through dense layers to points or pictures.

  Goodfellow et al. 2014's for MNIST is shape (28, 28, 1), hidden
  (1200, 1200), out 'sigmoid', kernel_init `ends.symmetric_uniform(.05)` and
  out_bias_init `constant(logit of the mean picture)`.

  Attributes:
    shape: of one example, () excluded.
    hidden: widths.
    activation: after every hidden layer.
    norm: before it: None or 'batch'.
    out: 'tanh', 'sigmoid' or None.
    kernel_init: of all kernels.
    out_bias_init: of the last layer's bias.
    dtype: what to compute in.
  """

  shape: Sequence[int]
  hidden: Sequence[int] = (128, 128)
  activation: Activation = nn.relu
  norm: str | None = None
  out: str | None = None
  kernel_init: ends.Init = INIT
  out_bias_init: ends.Init = ZEROS
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, *shape]."""
    h = ends.append_labels(z, y)
    for width in self.hidden:
      h = nn.Dense(width, use_bias=self.norm is None, dtype=self.dtype,
                   kernel_init=self.kernel_init)(h)
      h = self.activation(norm(self.norm, h, train, dtype=self.dtype))
    h = nn.Dense(math.prod(self.shape), dtype=self.dtype,
                 kernel_init=self.kernel_init,
                 bias_init=self.out_bias_init)(h)
    return ends.squashed(h.reshape(-1, *self.shape), self.out)


class Layers(nn.Module):
  """Hidden dense layers as a net: what several nets have in common.

  Attributes:
    hidden: widths.
    activation: after every layer.
    norm: before it: None, 'batch' or 'layer'.
    kernel_init: of all kernels.
    dtype: what to compute in.
  """

  hidden: Sequence[int] = (128,)
  activation: Activation = nn.relu
  norm: str | None = None
  kernel_init: ends.Init = INIT
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, ...] -> [B, the last width]."""
    h = x.reshape(x.shape[0], -1)
    for width in self.hidden:
      h = nn.Dense(width, use_bias=self.norm is None, dtype=self.dtype,
                   kernel_init=self.kernel_init)(h)
      h = self.activation(norm(self.norm, h, train, dtype=self.dtype))
    return h


class Discriminator(nn.Module):
  """Points or pictures, and labels if any, through dense layers to logits.

  Attributes:
    hidden: widths.
    activation: after every hidden layer.
    norm: before it: None, 'batch' or 'layer'.
    spectral: whether all kernels are spectrally normalised.
    projection: labels enter as a projection (Miyato and Koyama 2018,
      arXiv:1802.05637, eq. 4): l(h) + <V y, h>; not by joining x.
    kernel_init: of all kernels.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  hidden: Sequence[int] = (128, 128)
  activation: Activation = ends.lrelu
  norm: str | None = None
  spectral: bool = False
  projection: bool = False
  kernel_init: ends.Init = INIT
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] and one-hot [B, K] or None -> logits [B].

    `update_u` False keeps the spectral vectors as they are: see
    `SpectralNorm`. `features` True gives (logits, input of the last layer).
    """
    def dense(width, h, bias=True, name=None):
      layer = nn.Dense(width, use_bias=bias, kernel_init=self.kernel_init,
                       dtype=self.dtype, name=name)
      if self.spectral:
        return SpectralNorm(layer)(h, update=train and update_u)
      return layer(h)

    h = ends.append_labels(
        x.reshape(x.shape[0], -1), None if self.projection else y)
    for width in self.hidden:
      h = dense(width, h, bias=self.norm is None)
      h = self.activation(norm(self.norm, h, train, dtype=self.dtype))
    row = None
    if self.projection and y is not None:
      row = dense(h.shape[-1], ends.widened(y), False, 'projection')
    return ends.logits(h, dense, self.mix, self.outputs, features, row)


class Maxout(nn.Module):
  """`h_j = max over pieces of (x W + b)`: Goodfellow et al. 2013.

  arXiv:1302.4389, eq. 1, with one dense layer to features x pieces.

  Attributes:
    features: units out.
    pieces: linear pieces of each.
    kernel_init: of the kernel [C, features x pieces].
    dtype: what to compute in.
  """

  features: int
  pieces: int
  kernel_init: ends.Init = INIT
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """[..., C] -> [..., features]."""
    h = nn.Dense(self.features * self.pieces, kernel_init=self.kernel_init,
                 dtype=self.dtype)(x)
    return jnp.max(h.reshape(*h.shape[:-1], self.features, self.pieces), -1)


class MaxoutDiscriminator(nn.Module):
  """The maxout discriminators of the first GAN and of the first cGAN.

  The defaults are Goodfellow et al. 2014's for MNIST (arXiv:1406.2661; mnist
  config of the authors' code): twice 240 units of 5 pieces, dropout that keeps
  .8 of the input and .5 of the units. Mirza and Osindero 2014's
  (arXiv:1411.1784, section 4.1) is hidden ((240, 5), (240, 4)) and labels
  (50, 5). Dropout stays on in G's step, and is off where `train` is False.

  Attributes:
    hidden: (units, pieces) of each layer.
    labels: (units, pieces) of the layer through which labels join the first
      layer's units; None appends them to x.
    input_dropout: share of the elements of x that is dropped.
    hidden_dropout: share of the units that is dropped.
    kernel_init: of all kernels.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  hidden: Sequence[tuple[int, int]] = ((240, 5), (240, 5))
  labels: tuple[int, int] | None = None
  input_dropout: float = .2
  hidden_dropout: float = .5
  kernel_init: ends.Init = ends.symmetric_uniform(.005)
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, input of the last layer).
    """
    del update_u    # every discriminator takes it
    maxout = lambda units, pieces: Maxout(
        units, pieces, kernel_init=self.kernel_init, dtype=self.dtype)
    h = x.reshape(x.shape[0], -1)
    h = nn.Dropout(self.input_dropout, deterministic=not train)(h)
    if self.labels is None:
      h = ends.append_labels(h, y)
    for i, layer in enumerate(self.hidden):
      h = maxout(*layer)(h)
      if i == 0 and self.labels is not None:
        h = jnp.concatenate([h, maxout(*self.labels)(y)], -1)
      h = nn.Dropout(self.hidden_dropout, deterministic=not train)(h)
    last = lambda width, h: nn.Dense(
        width, kernel_init=self.kernel_init, dtype=self.dtype)(h)
    return ends.logits(h, last, self.mix, self.outputs, features)


class ConditionalGenerator(nn.Module):
  """Mirza and Osindero 2014's generator (arXiv:1411.1784, section 4.1).

  z and y each through a layer of their own, then one joint layer.

  Attributes:
    shape: of one example.
    z_width: width of z's layer.
    y_width: width of y's layer.
    joint: width of the joint layer.
    dropout: share of the units of every hidden layer that is dropped.
    out: 'tanh', 'sigmoid' or None.
    kernel_init: of all kernels.
    dtype: what to compute in.
  """

  shape: Sequence[int]
  z_width: int = 200
  y_width: int = 1000
  joint: int = 1200
  dropout: float = .5
  out: str | None = 'sigmoid'
  kernel_init: ends.Init = ends.symmetric_uniform(.05)
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array, *, train: bool) -> Array:
    """[B, Z] and one-hot [B, K] -> [B, *shape]."""
    dense = lambda width: nn.Dense(
        width, kernel_init=self.kernel_init, dtype=self.dtype)
    drop = lambda h: nn.Dropout(self.dropout, deterministic=not train)(h)
    h = jnp.concatenate([nn.relu(dense(self.z_width)(z)),
                         nn.relu(dense(self.y_width)(y))], -1)
    h = drop(nn.relu(dense(self.joint)(drop(h))))
    h = dense(math.prod(self.shape))(h)
    return ends.squashed(h.reshape(-1, *self.shape), self.out)
