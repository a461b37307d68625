"""Log-likelihoods of mixtures, in nats, of examples between -1 and 1."""

import jax
import jax.numpy as jnp

Array = jax.Array


def logistic_mixture(x: Array, logits: Array, means: Array, log_scales: Array,
                     levels: int = 256) -> Array:
  """log p of values that were rounded to `levels` in [-1, 1].

  The mass that a mixture of logistics has in a value's bin, whose outer ones
  reach to infinity: Salimans et al. 2017 (PixelCNN++, arXiv:1701.05517), eq. 2.
  Values between levels have a bin around them all the same, so the gradient by
  x is that of a smooth function.

  Args:
    x: [...] in [-1, 1].
    logits: [..., K], of the mixture.
    means: [..., K].
    log_scales: [..., K]; held at -7 or more, as in the authors' code.
    levels: that values can have.

  Returns:
    [...].
  """
  x, half = x[..., None], 1 / (levels - 1)
  inverse = jnp.exp(-jnp.maximum(log_scales, -7.))
  upper = inverse * (x - means + half)
  lower = inverse * (x - means - half)
  mass = jax.nn.sigmoid(upper) - jax.nn.sigmoid(lower)
  # Where the mass underflows, the density in the middle times the width.
  middle = inverse * (x - means)
  dense = (middle + jnp.log(inverse) - 2 * jax.nn.softplus(middle)
           + jnp.log(2 * half))
  inside = jnp.where(mass > 1e-5, jnp.log(jnp.maximum(mass, 1e-12)), dense)
  each = jnp.where(x < -1 + half, jax.nn.log_sigmoid(upper),
                   jnp.where(x > 1 - half, -jax.nn.softplus(lower), inside))
  return jax.nn.logsumexp(jax.nn.log_softmax(logits) + each, -1)


def gaussian(x: Array, mean: Array, log_std: Array) -> Array:
  """`log N(x; mean, std^2)`, summed over the last axis: [..., D] -> [...]."""
  z = (x - mean) * jnp.exp(-log_std)
  return -jnp.sum(jnp.square(z) / 2 + log_std + jnp.log(2 * jnp.pi) / 2, -1)


def gaussian_mixture(x: Array, logits: Array, means: Array, log_stds: Array
                     ) -> Array:
  """log p of x [B, D] under K diagonal Gaussians: logits [K], rest [K, D]."""
  each = gaussian(x[:, None], means, log_stds)
  return jax.nn.logsumexp(jax.nn.log_softmax(logits) + each, -1)


def above(log_p: Array, threshold: Array) -> Array:
  """`[log p - threshold]+`, averaged over those above; 0 if there are none.

  Dai et al. 2017 (arXiv:1705.09783), eq. 8, as in the authors' code: what G
  pays for samples that are likelier than the threshold.
  """
  over = jnp.maximum(log_p - threshold, 0.)
  return jnp.sum(over) / jnp.maximum(jnp.sum(over > 0), 1)
