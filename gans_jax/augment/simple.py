"""Flips, shifts, shears and jitter: what D or its heads are asked to ignore.

Each is (key, x [B, ...]) -> [B, ...], at random for each sample by itself.
"""

from collections.abc import Callable

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax import errors

Array = jax.Array
Augment = Callable[[Array, Array], Array]

STD = .05    # of jitter
SLANT = .5   # of shears, pixels to the side for each pixel down
STRETCH = .3    # likewise, of the logarithm of the width


def flip(key: Array, x: Array) -> Array:
  """Half of the pictures [B, H, W, C], left to right."""
  turned = jax.random.bernoulli(key, shape=(len(x), 1, 1, 1))
  return jnp.where(turned, x[:, :, ::-1], x)


def shift(key: Array, x: Array, share: float = .125) -> Array:
  """Pictures [B, H, W, C] moved by whole pixels, with mirrored borders.

  Zhang et al. 2020 (CR-GAN, arXiv:1910.12027), section 3.1, "a few pixels": up
  to `share` of a side, and at least one, each way; 4 of 32 pixels.
  """
  reach = [max(1, round(share * side)) for side in x.shape[1:3]]
  wide = jnp.pad(x, ((0, 0), *((r, r) for r in reach), (0, 0)), 'reflect')
  keys = jax.random.split(key)
  # One gather an axis, whose gradient is a scatter: no loop over samples.
  for axis, (k, r) in enumerate(zip(keys, reach), 1):
    side = x.shape[axis]
    start = jax.random.randint(k, (len(x), 1), 0, 2 * r + 1)
    rows = start + jnp.arange(side)
    rows = rows.reshape(len(x), *(side if a == axis else 1 for a in (1, 2, 3)))
    wide = jnp.take_along_axis(wide, rows, axis)
  return wide


def shear(key: Array, x: Array) -> Array:
  """Pictures [B, H, W, C] slanted and stretched about their middle, sideways.

  By up to SLANT and STRETCH each way, uniformly; between pixels linear, beyond
  the borders 0 of the differences to the corner's value. What handwriting does
  to a digit, and the affine part of Simard et al. 2003, section 2.
  """
  n, rows, columns = x.shape[:3]
  slant, wide = jax.random.uniform(
      key, (2, n, 1, 1), minval=-1., maxval=1.) * jnp.reshape(
          jnp.array([SLANT, STRETCH]), (2, 1, 1, 1))
  at = lambda size: jnp.arange(size) - (size - 1) / 2
  source = at(columns) * jnp.exp(-wide) - slant * at(rows)[:, None]
  # As sums over a row: no gather, whose gradient would be a scatter.
  share = nn.relu(1 - jnp.abs(source[..., None] - at(columns)))
  empty = x[:, :1, :1]
  return empty + jnp.einsum('nroc,nrcd->nrod', share, x - empty)


def jitter(key: Array, x: Array) -> Array:
  """Normal noise of STD on every number: the only one that fits points."""
  return x + STD * jax.random.normal(key, x.shape, x.dtype)


AUGMENTS: dict[str, Augment] = dict(
    flip=flip, shift=shift, shear=shear, jitter=jitter)
OF_PICTURES = ('flip', 'shift', 'shear')


def make(names: str, shape: tuple[int, ...]) -> Augment:
  """Several, one after the other.

  Args:
    names: of AUGMENTS, with commas: 'flip,shift'.
    shape: of one sample.

  Raises:
    errors.ConfigError: an unknown name, or one that does not fit the data.
  """
  chosen = []
  for name in names.split(','):
    chosen.append(errors.choose('augmentation', name.strip(), AUGMENTS))
    if name.strip() in OF_PICTURES and len(shape) != 3:
      raise errors.ConfigError(
          f'{name.strip()!r} is of pictures [H, W, C], and samples have shape '
          f"{list(shape)}: set augment='jitter', which fits any data")

  def augment(key: Array, x: Array) -> Array:
    for k, one in zip(jax.random.split(key, len(chosen)), chosen):
      x = one(k, x)
    return x
  return augment
