"""Rotations by quarter turns, and which turn each picture had."""

import jax
import jax.numpy as jnp

from gans_jax import errors

Array = jax.Array

TURNS = 4


def check_square(shape: tuple[int, ...]) -> None:
  """Raises ConfigError if [H, W, C] isn't the shape of square pictures."""
  if len(shape) != 3 or shape[0] != shape[1]:
    raise errors.ConfigError(
        f'rotations by quarter turns are of square pictures [S, S, C], not of '
        f'{list(shape)}: give size=, or choose other data')


def quarter_turns(x: Array) -> tuple[Array, Array]:
  """All four rotations of pictures.

  Args:
    x: [B, S, S, C].

  Returns:
    ([4 B, S, S, C], [4 B]): all upright ones first, then those turned by 90
    degrees against the clock, 180, 270; and the number of the turn, 0 to 3.

  Raises:
    ConfigError: pictures that aren't square.
  """
  check_square(x.shape[1:])
  turned = jnp.concatenate([jnp.rot90(x, k, (1, 2)) for k in range(TURNS)])
  return turned, jnp.repeat(jnp.arange(TURNS), x.shape[0])
