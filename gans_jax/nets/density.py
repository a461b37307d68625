"""Nets that give log p(x), to be fitted by maximum likelihood."""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.losses import likelihood
from gans_jax.nets.layers.conv import Conv

Array = jax.Array


def scaled(x: Array, span: tuple[float, float]) -> Array:
  """x, whose values lie in `span`, brought to [-1, 1]."""
  low, high = span
  return (x - low) / (high - low) * 2 - 1


class GaussianMixture(nn.Module):
  """Diagonal Gaussians, for points; begins around examples of the first batch.

  Attributes:
    components: how many.
    std: to begin with.
  """

  components: int = 64
  std: float = .2

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, ...] -> log p [B], in nats."""
    del train
    x = jnp.asarray(x).reshape(x.shape[0], -1)
    k, d = self.components, x.shape[-1]
    return likelihood.gaussian_mixture(
        x, self.param('logits', nn.initializers.zeros_init(), (k,)),
        self.param('means', lambda key: x[jnp.arange(k) % len(x)]),
        self.param('log_stds', nn.initializers.constant(jnp.log(self.std)),
                   (k, d)))


def down(width: int, kernel: Sequence[int], h: Array) -> Array:
  """A convolution that sees its own row and those above."""
  rows, columns = kernel
  side = columns // 2
  return Conv(width, tuple(kernel), padding=((rows - 1, 0), (side, side)))(h)


def right(width: int, kernel: Sequence[int], h: Array) -> Array:
  """A convolution that sees what is above, and left, and the pixel itself."""
  rows, columns = kernel
  return Conv(width, tuple(kernel), padding=((rows - 1, 0), (columns - 1, 0))
              )(h)


def shifted(h: Array, axis: int) -> Array:
  """h moved by one along an axis, zeros entering; the last one is lost."""
  pad = [(0, 0)] * h.ndim
  pad[axis] = (1, 0)
  return jax.lax.slice_in_dim(jnp.pad(h, pad), 0, h.shape[axis], axis=axis)


def halved(h: Array) -> Array:
  """ELU of h and of -h: twice the channels (PixelCNN++)."""
  return nn.elu(jnp.concatenate([h, -h], -1))


class PixelCNN(nn.Module):
  """p(x) as a product over pixels in raster order, each given those before.

  After PixelCNN++ (Salimans et al. 2017, arXiv:1701.05517): two streams, one
  of the rows above and one that adds the left of the row, gated residual blocks
  and a discretised mixture of logistics; without its down- and up-sampling, and
  a pixel's channels are independent given the pixels before.

  Attributes:
    span: what stands for black and white.
    width: channels.
    blocks: residual blocks of each stream.
    mixtures: logistics a pixel and channel.
    levels: that a pixel can have.
  """

  span: tuple[float, float] = (-1., 1.)
  width: int = 32
  blocks: int = 3
  mixtures: int = 5
  levels: int = 256

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, H, W, C] -> log p [B], in nats."""
    del train
    x = scaled(x, self.span)
    h = jnp.concatenate([x, jnp.ones_like(x[..., :1])], -1)    # marks the edge
    above = shifted(down(self.width, (2, 3), h), 1)
    before = (shifted(down(self.width, (1, 3), h), 1)
              + shifted(right(self.width, (2, 1), h), 2))
    for _ in range(self.blocks):
      above = self._block(down, (2, 3), above)
      before = self._block(right, (2, 2), before, above)
    out = Conv(3 * self.mixtures * x.shape[-1], (1, 1))(nn.elu(before))
    out = out.reshape(*x.shape, 3, self.mixtures)
    log_p = likelihood.logistic_mixture(
        x, out[..., 0, :], out[..., 1, :], out[..., 2, :], self.levels)
    return jnp.sum(log_p, (1, 2, 3))

  def _block(self, conv, kernel, h, other=None):
    """h, plus a gated change that may look at another stream."""
    new = conv(self.width, kernel, halved(h))
    if other is not None:
      new += nn.Dense(self.width)(halved(other))
    a, gate = jnp.split(conv(2 * self.width, kernel, halved(new)), 2, -1)
    return h + a * nn.sigmoid(gate)
