"""Gaussian posteriors of autoencoders: draws, and what they cost."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from gans_jax.losses import information

Array = jax.Array


class Posterior(NamedTuple):
  """`q(z|x) = N(mean, exp(log_std)^2)`, one of each example.

  Attributes:
    mean: [B, Z].
    log_std: [B, Z].
  """

  mean: Array
  log_std: Array

  def draw(self, key: Array) -> tuple[Array, Array]:
    """`z = mean + std eps` and eps, both [B, Z].

    Kingma and Welling 2014 (arXiv:1312.6114), section 2.4: the gradient flows
    through mean and std.
    """
    eps = jax.random.normal(key, self.mean.shape, self.mean.dtype)
    return self.mean + jnp.exp(self.log_std) * eps, eps

  def kl(self) -> Array:
    """`KL(q | N(0, I))`, [B], in nats."""
    return information.kl_to_standard_normal(*self)


def posterior(outputs: Array, variance: bool = True) -> Posterior:
  """The posterior that an encoder's outputs stand for.

  Args:
    outputs: [B, 2 Z]: means, then logarithms.
    variance: whether those are of the variance; of its root otherwise.
  """
  mean, log = jnp.split(outputs, 2, -1)
  return Posterior(mean, log / 2 if variance else log)


def flow_kl(q: Posterior, eps: Array, z: Array, log_det: Array) -> Array:
  """`log q(z|x) - log p(z)` of a draw that went through a flow, [B], in nats.

  Its mean over draws is the KL divergence of the flow's density from N(0, I).
  Kingma et al. 2016 (IAF, arXiv:1606.04934), section 4.

  Args:
    q: where the flow begins.
    eps: [B, Z], the noise of the draw.
    z: [B, Z], where it ends.
    log_det: [B], of the flow's Jacobian at the draw.
  """
  each = (jnp.square(z) - jnp.square(eps)) / 2 - q.log_std
  return jnp.sum(each, -1) - log_det

