"""Noise inside networks."""

import flax.linen as nn
import jax

Array = jax.Array


class GaussianNoise(nn.Module):
  """Adds N(0, std^2) to each element while training.

  The generator of random numbers is 'noise'; in evaluation nothing is added.

  Attributes:
    std: of the noise.
  """

  std: float

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, ...] -> the same."""
    if not train or not self.std:
      return x
    return x + self.std * jax.random.normal(
        self.make_rng('noise'), x.shape, x.dtype)
