"""The nets of LAGAN: de Oliveira, Paganini, Nachman 2017 (arXiv:1701.05927).

Convolutions find what is everywhere, locally connected layers what is only
somewhere. Of 25 pixels as published; any side of 4 n - 3 will do.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers import locally_connected as local
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.minibatch import MinibatchDiscrimination
from gans_jax.nets.layers.norm import norm

Array = jax.Array

HE = nn.initializers.variance_scaling(2., 'fan_in', 'uniform')
GLOROT = nn.initializers.glorot_uniform()


def lrelu(x: Array) -> Array:
  """LeakyReLU of slope .3: Keras's."""
  return nn.leaky_relu(x, .3)


def embedded(z: Array, y: Array | None, dtype: Any = None) -> Array:
  """z times a row learnt for each class, inside a compact module.

  Args:
    z: [B, Z].
    y: one-hot [B, K], or None for z as it is.
    dtype: what to compute in.
  """
  if y is None:
    return z
  return z * nn.Dense(
      z.shape[-1], use_bias=False, dtype=dtype, name='embedding',
      kernel_init=nn.initializers.glorot_normal())(y)


class Generator(nn.Module):
  """7 x 7, 14, 28 pixels, and by kernels without padding 26 and 25.

  Attributes:
    shape: [H, W, C] of a picture, H = W = 4 n - 3.
    width: channels of the dense layer.
    channels: of the convolution.
    local: of the locally connected layers.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (25, 25, 1)
  width: int = 128
  channels: int = 64
  local: int = 6
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C], never negative."""
    small, rest = divmod(self.shape[0] + 3, 4)
    if rest or self.shape[0] != self.shape[1] or small < 2:
      raise ConfigError(
          "LAGAN's generator makes square pictures of 4 n - 3 pixels, such as "
          f'25, not of {self.shape[0]} x {self.shape[1]}')
    up = lambda h: h.repeat(2, 1).repeat(2, 2)
    normed = lambda h: norm('batch', h, train, dtype=self.dtype)

    def layer(h, features, size, padding=0, **options):
      options = {'kernel_init': local.HE, **options}
      return local.LocallyConnected(
          features, (size, size), padding=padding, dtype=self.dtype,
          **options)(h)

    h = nn.Dense(small * small * self.width, kernel_init=GLOROT,
                 dtype=self.dtype)(embedded(z, y, self.dtype))
    h = h.reshape(-1, small, small, self.width)
    h = lrelu(Conv(self.channels, (5, 5), kernel_init=HE, dtype=self.dtype)(h))
    h = up(normed(h))
    h = up(normed(lrelu(layer(h, self.local, 5, 2))))
    h = lrelu(layer(h, self.local, 3))
    h = layer(h, self.shape[-1], 2, use_bias=False,
              kernel_init=local.GLOROT_NORMAL)
    return ends.widened(nn.relu(h))


class Discriminator(nn.Module):
  """25, 13, 13, 7 and 3 pixels, minibatch discrimination, two heads.

  Attributes:
    channels: of the convolution.
    local: of the locally connected layers.
    dropout: share that is dropped after every layer.
    kernels: of minibatch discrimination.
    dims: of each of its kernels.
    outputs: None, or logits of classes; with 1 they are [B], of the second of
      two.
    dtype: what to compute in.
  """

  channels: int = 32
  local: int = 8
  dropout: float = .2
  kernels: int = 20
  dims: int = 10
  outputs: int | None = 1
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] -> (logits of "real" [B], of classes [B] or [B, K]).

    Without `outputs` the first alone; `features` True gives the input of the
    last layers besides. y is None: the class is asked, not told.
    """
    del y, update_u    # every discriminator takes them
    drop = lambda h: nn.Dropout(self.dropout, deterministic=not train)(h)

    def layer(h, size, stride):
      h = lrelu(local.LocallyConnected(
          self.local, (size, size), (stride, stride), padding=size // 2,
          dtype=self.dtype)(h))
      return drop(norm('batch', h, train, dtype=self.dtype))

    h = Conv(self.channels, (5, 5), kernel_init=GLOROT, dtype=self.dtype)(x)
    h = layer(layer(drop(lrelu(h)), 5, 2), 5, 1)
    h = nn.avg_pool(layer(h, 3, 2), (2, 2), (2, 2))
    h = MinibatchDiscrimination(
        self.kernels, self.dims, kernel_init=GLOROT, dtype=self.dtype)(
            h.reshape(h.shape[0], -1))
    out = heads(h, self.outputs, self.dtype)
    return (out, h) if features else out


def heads(h: Array, outputs: int | None, dtype: Any = None):
  """Logits of "real" and of classes, inside a compact module.

  Args:
    h: [B, F].
    outputs: of classes, or None.
    dtype: what to compute in.

  Returns:
    Float32 [B], or with `outputs` a pair: [B] and [B], or [B, outputs].
  """
  def head(n, name):
    out = ends.widened(nn.Dense(
        n, kernel_init=GLOROT, dtype=dtype, name=name)(h))
    return out[:, 0] if n == 1 else out
  if outputs is None:
    return head(1, 'source')
  return head(1, 'source'), head(outputs, 'classes')
