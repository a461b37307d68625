"""What codes tell: of distributions that networks give, of codes in samples."""

import math

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


def categorical_log_q(code: Array, logits: Array) -> Array:
  """`log Q(c|x)` of a category.

  Args:
    code: [B, K], one-hot.
    logits: [B, K], of Q.

  Returns:
    [B], in nats.
  """
  return jnp.sum(code * jax.nn.log_softmax(logits), -1)


def gaussian_log_q(code: Array, mean: Array, log_std: Array | float = 0.
                   ) -> Array:
  """`log N(c; mean, std^2)`, summed over all axes but the first.

  Args:
    code: [B, D].
    mean: [B, D], of Q.
    log_std: as mean, or one number for all.

  Returns:
    [B], in nats.
  """
  each = (jnp.square(code - mean) * jnp.exp(-2 * log_std)
          + math.log(2 * math.pi)) / 2 + log_std
  return -jnp.sum(each, tuple(range(1, each.ndim)))


def mutual_information(log_q: Array, entropy: float) -> Array:
  """`L_I = E log Q(c|x) + H(c)`, at most I(c; x), which is at most H(c).

  Chen et al. 2016 (arXiv:1606.03657), eq. 5. The second bound is of discrete
  codes: one of a continuum can be told of x to any number of nats.

  Args:
    log_q: [B], of drawn codes and what was made of them.
    entropy: H(c), in nats; of a continuous code the differential one.

  Returns:
    A scalar, in nats.
  """
  return jnp.mean(log_q) + entropy
