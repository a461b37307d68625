"""The nets of BiGAN for MNIST, which see no pixel beside another.

Donahue, Krahenbuhl and Darrell 2017 (arXiv:1605.09782), section 4.1, as their
code has them: three dense layers without biases, BatchNorm without gains and
biases, all weights N(0, .02^2) at first. z joins once more, before the second
layer's BatchNorm, in G as in D, which is the only place where D sees it.
"""

from collections.abc import Sequence
import math
from typing import Any

import flax.linen as nn
import jax

from gans_jax.nets.layers import ends

Array = jax.Array

NORMAL = nn.initializers.normal(.02)


def _dense(width: int, h: Array, dtype: Any) -> Array:
  return nn.Dense(width, use_bias=False, kernel_init=NORMAL, dtype=dtype)(h)


def _normed(h: Array, train: bool, dtype: Any) -> Array:
  return nn.BatchNorm(use_running_average=not train, momentum=.9, epsilon=1e-5,
                      use_bias=False, use_scale=False, dtype=dtype)(h)


class Generator(nn.Module):
  """z - 1024 - 1024 - picture, with ReLU, z joining both hidden layers.

  Attributes:
    shape: of one example.
    width: of the hidden layers.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (28, 28, 1)
  width: int = 1024
  out: str | None = 'sigmoid'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, *shape]."""
    dense = lambda width, h: _dense(width, h, self.dtype)
    act = lambda h: nn.relu(_normed(h, train, self.dtype))
    h = act(dense(self.width, z))
    h = act(dense(self.width, h) + dense(self.width, z))
    h = dense(math.prod(self.shape), h)
    return ends.squashed(h.reshape(-1, *self.shape), self.out)


class Discriminator(nn.Module):
  """x - 1024 - 1024 - outputs, with LeakyReLU(.2); E is one without z.

  Attributes:
    width: of the hidden layers.
    outputs: None for one logit, or how many.
    dtype: what to compute in.
  """

  width: int = 1024
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, z: Array | None = None, *, train: bool,
               features: bool = False):
    """[B, ...] and [B, Z] or None -> logits [B], or [B, outputs].

    `features` True gives (logits, input of the last layer).
    """
    dense = lambda width, h: _dense(width, h, self.dtype)
    h = ends.lrelu(dense(self.width, x.reshape(x.shape[0], -1)))
    h = dense(self.width, h)
    if z is not None:
      h += dense(self.width, z)
    h = ends.lrelu(_normed(h, train, self.dtype))
    return ends.logits(h, dense, outputs=self.outputs, features=features)
