"""Losses on the features of a batch: matching means, pulling codes apart."""

import jax
import jax.numpy as jnp

Array = jax.Array

# Inside the square root, whose derivative at 0 is infinite.
EPSILON = 1e-12


def _gap(real: Array, fake: Array, weights: Array | None) -> Array:
  """`E_r f - E_f f`, by feature; real rows may be weighted."""
  if weights is None:
    return jnp.mean(real, 0) - jnp.mean(fake, 0)
  return (jnp.tensordot(weights, real, 1) / jnp.maximum(jnp.sum(weights), 1.)
          - jnp.mean(fake, 0))


def feature_matching(real: Array, fake: Array, weights: Array | None = None
                     ) -> Array:
  """`mean_j (E_r f_j - E_f f_j)^2`: Salimans et al. 2016, section 3.1.

  arXiv:1606.03498; the mean over features, as the authors' MNIST code has it.

  Args:
    real: features of D [B, ...].
    fake: [B', ...].
    weights: [B], of the real rows; None: all alike.

  Returns:
    A scalar.
  """
  return jnp.mean(jnp.square(_gap(real, fake, weights)))


def feature_matching_absolute(real: Array, fake: Array,
                              weights: Array | None = None) -> Array:
  """`mean_j |E_r f_j - E_f f_j|`: the authors' code for CIFAR-10 and SVHN."""
  return jnp.mean(jnp.abs(_gap(real, fake, weights)))


def pulling_away(codes: Array) -> Array:
  """`sum_{i != j} cos(f_i, f_j)^2 / (B (B - 1))`: from 0, orthogonal, to 1.

  Zhao et al. 2017 (EBGAN, arXiv:1609.03126), eq. 4.

  Args:
    codes: [B, F], B of at least 2.

  Returns:
    A scalar.
  """
  n = codes.shape[0]
  unit = codes / jnp.sqrt(
      jnp.sum(jnp.square(codes), -1, keepdims=True) + EPSILON)
  squares = jnp.square(unit @ unit.T)
  return (jnp.sum(squares) - jnp.trace(squares)) / (n * (n - 1))
