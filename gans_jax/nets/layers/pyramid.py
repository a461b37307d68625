"""Laplacian pyramids: Burt and Adelson 1983; LAPGAN, Denton et al. 2015.

The filter is the binomial [1, 4, 6, 4, 1] / 16 along both axes, borders
repeated, so a constant picture stays constant at every size.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError

Array = jax.Array

FILTER = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def _padded(x: Array, axis: int, width: int) -> Array:
  pads = [(0, 0)] * x.ndim
  pads[axis] = (width, width)
  return jnp.pad(x, pads, mode='edge')


def down(x: Array) -> Array:
  """Blurs and leaves out every other pixel: [B, H, W, C] to half the size."""
  for axis in (1, 2):
    size = x.shape[axis]
    wide = _padded(x, axis, 2)
    x = sum(weight * jax.lax.slice_in_dim(wide, i, i + size, 2, axis)
            for i, weight in enumerate(FILTER))
  return x


def up(x: Array) -> Array:
  """Doubles the size by the filter of `down`: [B, H, W, C] to [B, 2H, 2W, C].

  As of a picture with zeros between its pixels, four times as bright.
  """
  for axis in (1, 2):
    size = x.shape[axis]
    wide = _padded(x, axis, 1)
    at = lambda i: jax.lax.slice_in_dim(wide, i, i + size, 1, axis)
    even = (at(0) + 6 * at(1) + at(2)) / 8
    odd = (at(1) + at(2)) / 2
    shape = list(x.shape)
    shape[axis] = 2 * size
    x = jnp.stack([even, odd], axis + 1).reshape(shape)
  return x


def decompose(x: Array, levels: int) -> tuple[list[Array], Array]:
  """A picture as differences and what is left.

  Denton et al. 2015, eq. 2: `h_k = I_k - up(I_{k+1})`, `I_{k+1} = down(I_k)`.

  Args:
    x: [B, H, W, C] of sizes that 2^levels divides.
    levels: K, how many differences.

  Returns:
    ([h_0, ..., h_{K-1}], I_K), h_0 of the size of x.

  Raises:
    ConfigError: x cannot be halved so often.
  """
  check(x.shape[1:3], levels)
  differences = []
  for _ in range(levels):
    small = down(x)
    differences.append(x - up(small))
    x = small
  return differences, x


def reconstruct(differences: Sequence[Array], small: Array) -> Array:
  """The picture that `decompose` took apart: [B, H, W, C]."""
  for h in reversed(differences):
    small = up(small) + h
  return small


def check(size: Sequence[int], levels: int) -> None:
  """Raises ConfigError if pictures [H, W] cannot be halved `levels` times."""
  if levels < 1 or any(s % 2 ** levels for s in size):
    raise ConfigError(
        f'a pyramid of {levels} halvings needs pictures whose height and width '
        f'are multiples of {2 ** max(levels, 1)}, and these are '
        f'{" x ".join(map(str, size))}: set config.data.size')
