"""Nets for sequences: Killoran et al. 2017 (arXiv:1712.06148).

G and D are those of WGAN-GP for characters (Gulrajani et al. 2017) with a
hundred channels; the predictor is DeepBind's kind, a layer of motifs, pooled.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

# Twice the variance of Glorot's, as the published code draws convolutions.
INIT = nn.initializers.variance_scaling(2., 'fan_avg', 'uniform')
GLOROT = nn.initializers.glorot_uniform()
SHARE = .3      # of a block's branch
LEAK = .1       # of the predictor's activations


class Block(nn.Module):
  """h + .3 conv(relu(conv(relu(h)))), kernels of 5."""

  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array) -> Array:
    """[B, L, C] -> [B, L, C]."""
    branch = h
    for _ in range(2):
      branch = Conv(h.shape[-1], (5,), kernel_init=INIT, dtype=self.dtype)(
          nn.relu(branch))
    return h + SHARE * branch


class Generator(nn.Module):
  """z through a dense layer and blocks; a softmax over letters at each place.

  Attributes:
    shape: [L, V].
    width: channels.
    blocks: how many.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (36, 4)
  width: int = 100
  blocks: int = 5
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, L, V]; rows sum to 1."""
    del train    # the same in both
    length, letters = self.shape
    h = nn.Dense(length * self.width, kernel_init=GLOROT, dtype=self.dtype)(
        ends.append_labels(z, y)).reshape(-1, length, self.width)
    for _ in range(self.blocks):
      h = Block(self.dtype)(h)
    h = Conv(letters, (1,), kernel_init=INIT, dtype=self.dtype)(h)
    return nn.softmax(ends.widened(h))


class Discriminator(nn.Module):
  """A pointwise convolution, blocks, one dense layer.

  Attributes:
    width: channels.
    blocks: how many.
    mix: a module [B, F] -> [B, F'], before the last layer.
    outputs: None, or how many logits: [B, outputs].
    dtype: what to compute in.
  """

  width: int = 100
  blocks: int = 5
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, L, V] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, input of the last layer).
    """
    del train, update_u    # every discriminator takes them
    h = Conv(self.width, (1,), kernel_init=INIT, dtype=self.dtype)(
        ends.append_labels(x, y))
    for _ in range(self.blocks):
      h = Block(self.dtype)(h)
    last = lambda n, h: nn.Dense(n, kernel_init=GLOROT, dtype=self.dtype)(h)
    return ends.logits(h.reshape(h.shape[0], -1), last, self.mix, self.outputs,
                       features)


class Predictor(nn.Module):
  """A score of each sequence, from the motifs in it.

  Motif detectors see the ends as half of their width of unknown letters, 1/V
  each. The most and the mean of what each says goes through dense layers.

  Attributes:
    motifs: detectors.
    size: their length, odd.
    hidden: widths of the dense layers.
    dtype: what to compute in.
  """

  motifs: int = 100
  size: int = 15
  hidden: Sequence[int] = (200, 200)
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, L, V] -> logits [B]: the score is their sigmoid. y is not seen."""
    del y, train
    leak = lambda h: nn.leaky_relu(h, LEAK)
    end = jnp.full((x.shape[0], self.size // 2, x.shape[2]), 1 / x.shape[2],
                   x.dtype)
    h = leak(Conv(self.motifs, (self.size,), padding='VALID', dtype=self.dtype,
                  kernel_init=nn.initializers.truncated_normal(.01))(
                      jnp.concatenate([end, x, end], 1)))
    h = jnp.concatenate([jnp.max(h, 1), jnp.mean(h, 1)], -1)
    dense = lambda n: nn.Dense(n, kernel_init=nn.initializers.he_normal(),
                               dtype=self.dtype)
    for width in self.hidden:
      h = leak(dense(width)(h))
    return ends.widened(dense(1)(h))[:, 0]
