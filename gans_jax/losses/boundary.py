"""Boundary seeking: fakes weighted by the ratio that D estimates.

Hjelm, Jacob, Che, Trischler, Cho and Bengio 2018 (BGAN, arXiv:1702.08431).
With s the logit of a D trained by cross entropy, `e^s` estimates p/q, and
`q e^s / Z` the density of the data: a target for G that needs no gradient
through samples.
"""

import jax
import jax.numpy as jnp

from gans_jax.losses.adversarial import Pair, mean, non_saturating

Array = jax.Array

squared = Pair(d=non_saturating.d, g=lambda fake: mean(jnp.square, fake) / 2)
"""`L_G = E_f s^2 / 2`: fakes go to D's decision boundary, from both sides.

For continuous data; in terms of D, (log D - log(1 - D))^2 / 2.
"""

cross_entropy = Pair(
    d=non_saturating.d,
    g=lambda fake: mean(lambda s: jax.nn.softplus(-s) + s / 2, fake))
"""`L_G = E_f [sp(-s) + s/2]`: D is to say 1/2; an option of the code."""

BOUNDARIES: dict[str, Pair] = dict(squared=squared, cross_entropy=cross_entropy)


def weights(logits: Array) -> Array:
  """Importance weights of samples, from D's logits: their softmax.

  Args:
    logits: [M, ...], of M samples from each of the conditional densities
      g(x|z); the axes that follow count the z.

  Returns:
    [M, ...], a sum of 1 over M. No gradient passes: they are a target.
  """
  wide = jnp.promote_types(logits.dtype, jnp.float32)
  return jax.lax.stop_gradient(jax.nn.softmax(logits.astype(wide), 0))


def weighted_log_likelihood(logits: Array, log_g: Array) -> Array:
  """`-E_z sum_m w_m log g(x_m|z)`, for discrete data.

  Args:
    logits: [M, B] of D, of samples x_m from g(x|z).
    log_g: [M, B], their log likelihoods, through which gradients pass.

  Returns:
    A scalar for G to minimise.
  """
  return -jnp.mean(jnp.sum(weights(logits) * log_g, 0))


def log_mean_ratio(logits: Array) -> Array:
  """`log E_f e^s`, an estimate of log Z from D's logits of fakes [...]."""
  wide = logits.astype(jnp.promote_types(logits.dtype, jnp.float32))
  return jax.nn.logsumexp(wide) - jnp.log(wide.size)


def reinforce(logits: Array, log_g: Array, log_z: Array) -> Array:
  """`-E_{z,m} (s(x_m) - log Z - 1) log g(x_m|z)`, for discrete data.

  Its gradient is an unbiased estimate of that of KL(q || q e^s / Z), the other
  direction of the divergence (the paper's REINFORCE variant; the sign and the
  1 come from d/dq of q log q).

  Args:
    logits: [M, B] of D, of samples x_m from g(x|z): the reward, constant.
    log_g: [M, B], their log likelihoods, through which gradients pass.
    log_z: scalar, the baseline.

  Returns:
    A scalar for G to minimise.
  """
  reward = jax.lax.stop_gradient(logits.astype(log_g.dtype) - log_z - 1)
  return -jnp.mean(reward * log_g)
