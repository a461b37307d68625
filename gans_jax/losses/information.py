"""Divergences of the distributions that networks give."""

import jax
import jax.numpy as jnp

Array = jax.Array


def kl_to_standard_normal(mean: Array, log_std: Array) -> Array:
  """`KL(N(mean, std^2) | N(0, 1))`, summed over all axes but the first.

  `sum (std^2 + mean^2 - 1) / 2 - log std`: Kingma and Welling 2014
  (arXiv:1312.6114), appendix B.

  Args:
    mean: [B, ...].
    log_std: as mean.

  Returns:
    [B], in nats.
  """
  each = (jnp.exp(2 * log_std) + jnp.square(mean) - 1) / 2 - log_std
  return jnp.sum(each, tuple(range(1, each.ndim)))
