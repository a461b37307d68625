"""The nets of LAPGAN's levels: Denton et al. 2015 (arXiv:1506.05751).

Those of 16 to 32 pixels in the authors' code (eyescream); the smallest level
has dense nets, `nets.mlp`.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv

Array = jax.Array


class Generator(nn.Module):
  """A plane of noise and a blurred picture to the detail that it lacks.

  Attributes:
    width: channels of the two hidden layers.
    kernel: their size; the last layer's is two pixels smaller, 3 at least.
    dtype: what to compute in.
  """

  width: int = 64
  kernel: int = 7
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, low: Array, y: Array | None = None, *,
               train: bool) -> Array:
    """[B, H, W, 1], [B, H, W, C] and [B, K] or None -> [B, H, W, C]."""
    del train
    h = ends.append_labels(jnp.concatenate([low, z], -1), y)
    for _ in range(2):
      h = nn.relu(Conv(self.width, (self.kernel,) * 2, dtype=self.dtype)(h))
    last = max(self.kernel - 2, 3)
    return ends.widened(
        Conv(low.shape[-1], (last, last), dtype=self.dtype)(h))


class Discriminator(nn.Module):
  """Sees the sum of a blurred picture and its detail, real or generated.

  From the sum alone it cannot tell whether the detail fits the blur: where that
  matters, it is shown the blur as well.

  Attributes:
    width: channels of the two convolutions.
    kernel: their size.
    dropout: share of the units before the last layer that is dropped.
    blur: show the blur, too, as channels of its own.
    dtype: what to compute in.
  """

  width: int = 64
  kernel: int = 5
  dropout: float = .5
  blur: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, detail: Array, low: Array, y: Array | None = None, *,
               train: bool) -> Array:
    """Twice [B, H, W, C] and [B, K] or None -> logits [B]."""
    conv = lambda strides: Conv(self.width, (self.kernel,) * 2,
                                strides=strides, dtype=self.dtype)
    seen = [low + detail, low] if self.blur else [low + detail]
    h = ends.append_labels(jnp.concatenate(seen, -1), y)
    h = nn.relu(conv(2)(nn.relu(conv(1)(h))))
    h = nn.Dropout(self.dropout, deterministic=not train)(
        h.reshape(h.shape[0], -1))
    return ends.widened(nn.Dense(1, dtype=self.dtype)(h)[..., 0])
