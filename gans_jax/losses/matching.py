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


def half_square_gap(real: Array, fake: Array) -> Array:
  """`|E_r f - E_f f|^2 / 2`, summed over features.

  Bao et al. 2017 (CVAE-GAN, arXiv:1703.10155), section 3.1.

  Args:
    real: features [B, ...].
    fake: [B', ...].

  Returns:
    A scalar.
  """
  return jnp.sum(jnp.square(_gap(real, fake, None))) / 2


def moving_centres(centres: Array, features: Array, labels: Array,
                   decay: float) -> Array:
  """Moving averages of the classes' mean features.

  Those of classes that the batch lacks stay. The gradient is that of the
  batch's means, without the factor `1 - decay`.

  Args:
    centres: [K, F], as they were.
    features: [B, F].
    labels: [B], whole.
    decay: of the average.

  Returns:
    [K, F].
  """
  of_class = jax.nn.one_hot(labels, len(centres), dtype=features.dtype)
  counts = jnp.sum(of_class, 0)[:, None]
  means = of_class.T @ features / jnp.maximum(counts, 1.)
  now = jax.lax.stop_gradient(means)
  moved = decay * centres + (1 - decay) * now + (means - now)
  return jnp.where(counts > 0, moved, centres)
