"""The ResNets of "Which training methods for GANs do actually converge?".

Mescheder et al. 2018 (arXiv:1801.04406), appendix D, as in the authors' code:
no normalisation, LeakyReLU(0.2), residual branches times 0.1, widths that
double as the picture is halved. Peng et al. 2019 (VDB) have them, too.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

# U(-1/sqrt(n), 1/sqrt(n)), n the number of inputs.
INIT = nn.initializers.variance_scaling(1 / 3, 'fan_in', 'uniform')


class Block(nn.Module):
  """`shortcut(x) + 0.1 conv(lrelu(conv(lrelu(x))))`.

  Attributes:
    width: channels out; the shortcut is x itself if as many come in.
    dtype: what to compute in.
  """

  width: int
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """[B, H, W, C] -> [B, H, W, width]."""
    conv = lambda width, size=3, bias=True: Conv(
        width, (size, size), use_bias=bias, kernel_init=INIT, dtype=self.dtype)
    h = conv(min(x.shape[-1], self.width))(ends.lrelu(x))
    h = conv(self.width)(ends.lrelu(h))
    if x.shape[-1] != self.width:
      x = conv(self.width, 1, bias=False)(x)
    return x + .1 * h


class Generator(nn.Module):
  """z, projected to 4x4; a block and a doubling until the size is reached.

  Attributes:
    shape: [H, W, C] of a picture; square, of 4 x 2^k pixels.
    width: channels of the largest pictures.
    widest: no picture has more channels.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: tuple[int, ...]
  width: int = 64
  widest: int = 1024
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool = False
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    del train
    times, small = ends.halvings(self.shape, "Mescheder's generator", [4])
    widths = [min(self.width << i, self.widest) for i in range(times + 1)]
    h = nn.Dense(small * small * widths[-1], kernel_init=INIT,
                 dtype=self.dtype)(ends.append_labels(z, y))
    h = h.reshape(-1, small, small, widths[-1])
    for width in reversed(widths[:-1]):
      h = Block(width, self.dtype)(h)
      h = jnp.repeat(jnp.repeat(h, 2, 1), 2, 2)
    h = Block(self.width, self.dtype)(h)
    h = Conv(self.shape[-1], kernel_init=INIT, dtype=self.dtype)(ends.lrelu(h))
    return ends.squashed(h, self.out)


class Discriminator(nn.Module):
  """A block, then pooling by 3x3 means and a block down to 4x4.

  Attributes:
    width: channels of the largest pictures.
    widest: no picture has more channels.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  width: int = 64
  widest: int = 1024
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool = False,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, input of the last layer).
    """
    del train, update_u
    times, _ = ends.halvings(x.shape[1:], "Mescheder's discriminator", [4])
    h = Conv(self.width, kernel_init=INIT, dtype=self.dtype)(
        ends.append_labels(x, y))
    h = Block(self.width, self.dtype)(h)
    for i in range(1, times + 1):
      h = nn.avg_pool(h, (3, 3), (2, 2), ((1, 1), (1, 1)))
      h = Block(min(self.width << i, self.widest), self.dtype)(h)
    h = ends.lrelu(h).reshape(h.shape[0], -1)
    last = lambda width, h: nn.Dense(
        width, kernel_init=INIT, dtype=self.dtype)(h)
    return ends.logits(h, last, self.mix, self.outputs, features)
