"""A head of its own on a discriminator's features."""

from typing import Any

import flax.linen as nn
import jax

from gans_jax.nets.layers.ends import widened
from gans_jax.nets.layers.spectral import SpectralNorm

Array = jax.Array


class Head(nn.Module):
  """One dense layer from features to logits.

  Attributes:
    outputs: logits.
    spectral: whether its kernel is spectrally normalised.
    dtype: what to compute in.
  """

  outputs: int
  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, *, train: bool, update_u: bool = True) -> Array:
    """[B, F] -> [B, outputs], float32.

    `update_u` False keeps the spectral vectors as they are.
    """
    layer = nn.Dense(self.outputs, dtype=self.dtype,
                     kernel_init=nn.initializers.glorot_uniform())
    if self.spectral:
      return widened(SpectralNorm(layer)(h, update=train and update_u))
    return widened(layer(h))
