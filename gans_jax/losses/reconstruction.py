"""How far a reconstruction is from what it is of, one number a sample.

All take two arrays [B, ...] and give [B]; they differ in how the error of an
example is put together, which margins and rates must be chosen for.
"""

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp

Array = jax.Array
Error = Callable[[Array, Array], Array]

# Inside the square root, whose derivative at 0 is infinite.
EPSILON = 1e-12


def _axes(x: Array) -> tuple[int, ...]:
  return tuple(range(1, x.ndim))


def mean_square(x: Array, made: Array) -> Array:
  """`mean (x - made)^2` over all axes but the first."""
  return jnp.mean(jnp.square(x - made), _axes(x))


def sum_square(x: Array, made: Array) -> Array:
  """`sum (x - made)^2`: minus 2 log N(x; made, 1), up to a constant."""
  return jnp.sum(jnp.square(x - made), _axes(x))


def mean_absolute(x: Array, made: Array) -> Array:
  """`mean |x - made|`: BEGAN, Berthelot et al. 2017, with eta = 1."""
  return jnp.mean(jnp.abs(x - made), _axes(x))


def sum_absolute(x: Array, made: Array) -> Array:
  """`sum |x - made|`: AnoGAN, Schlegl et al. 2017, eq. 2."""
  return jnp.sum(jnp.abs(x - made), _axes(x))


def norm(x: Array, made: Array) -> Array:
  """`|x - made|_2`: EBGAN, Zhao et al. 2017, eq. 3."""
  return jnp.sqrt(sum_square(x, made) + EPSILON)


ERRORS: Mapping[str, Error] = dict(
    mean_square=mean_square, sum_square=sum_square,
    mean_absolute=mean_absolute, sum_absolute=sum_absolute, norm=norm)
