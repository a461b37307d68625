"""A conditional generator that is told a part of its latent, not a label."""

import flax.linen as nn
import jax
import jax.numpy as jnp

Array = jax.Array


class Told(nn.Module):
  """G(z) = inner(the rest of z, z[start:stop] in the place of a label).

  So a category that was drawn takes the ways that labels have: class-
  conditional BatchNorm, a shared embedding (Brock et al. 2019), a joint layer.

  Attributes:
    inner: z [B, Z'], one-hot [B, K] -> [B, ...].
    start: first number of the category in z.
    stop: first number behind it.
  """

  inner: nn.Module
  start: int
  stop: int

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> Array:
    """[B, Z' + K] -> [B, ...]."""
    rest = jnp.concatenate([z[:, :self.start], z[:, self.stop:]], -1)
    return self.inner(rest, z[:, self.start:self.stop], train=train)
