"""Distributions as nets: noise to samples, with params that are learnt."""

import flax.linen as nn
import jax
import jax.numpy as jnp

Array = jax.Array


class Gaussian(nn.Module):
  """`mean + e^{log_std} noise`, one mean and standard deviation a dimension.

  Attributes:
    dims: k.
    std: to begin with; the mean begins at 0.
  """

  dims: int
  std: float = 1.

  @nn.compact
  def __call__(self, noise: Array, *, train: bool
               ) -> tuple[Array, Array, Array]:
    """Standard normal [n, k] -> samples [n, k], mean [k], log std [k]."""
    del train
    mean = self.param('mean', nn.initializers.zeros_init(), (self.dims,))
    log_std = self.param('log_std', nn.initializers.constant(
        jnp.log(self.std)), (self.dims,))
    return mean + jnp.exp(log_std) * noise, mean, log_std
