"""Transforms 14 to 18 of ADA's pipe: frequency bands, noise, cutout.

Karras et al. 2020 (arXiv:2006.06676), appendix B.4 and B.5.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.augment.ada_geometry import happens, mirrored

Array = jax.Array

BAND_STD = 1.           # of the logarithm to base 2
NOISE_STD = .1
CUTOUT_SIZE = .5        # over the picture's size
BANDS = ('band1', 'band2', 'band3', 'band4')    # low to high
# What share of a picture's power lies in each, as spectra go with 1 / f.
POWER = np.array([10, 1, 1, 1], np.float32) / 13

# Daubechies' wavelet with 2 vanishing moments, its low-pass filter.
SYM2 = (-.12940952255092145, .22414386804185735, .836516303737469,
        .48296291314469025)


def bank() -> np.ndarray:
  """Four symmetric filters [4, 43], low to high, whose sum is one impulse.

  The octaves of an orthogonal wavelet: the low-pass response H(z) H(1/z) / 2,
  and its complement, each at half the frequencies of the one before.
  """
  low = np.convolve(SYM2, SYM2[::-1]) / 2
  high = low * (-1.) ** (np.arange(len(low)) - len(low) // 2)
  filters = np.eye(4, 1)
  for i in range(1, 4):
    spread = np.zeros((4, 2 * filters.shape[1] - 1))
    spread[:, ::2] = filters
    filters = np.stack([np.convolve(row, low) for row in spread])
    start = (filters.shape[1] - len(high)) // 2
    filters[i, start:start + len(high)] += high
  return filters


def bank_matrices(n: int) -> np.ndarray:
  """The filters of `bank` on a line of n pixels, mirrored: [4, n, n]."""
  filters = bank()
  reach = filters.shape[1] // 2
  out, rows = np.zeros((4, n, n)), np.arange(n)
  for k, taps in enumerate(filters.T):
    np.add.at(out, (slice(None), rows, mirrored(rows + k - reach, n)),
              taps[:, None])
  return out.astype(np.float32)


def draw(keys: Mapping[str, Array], shape: tuple[int, ...],
         p: Mapping[str, float | Array]) -> dict[str, Array]:
  """By transform, what happens to each picture.

  Args:
    keys: by name of the transform.
    shape: (B, H, W, C).
    p: probability by name; a transform that is not there is not drawn.

  Returns:
    band1 to band4 [B], factors; noise [B, H, W, C], added; cutout [B, 3]: size,
    centre's x and y, over the picture's.
  """
  n, drawn = shape[0], {}
  for name in set(BANDS) & set(p):
    gate, key = jax.random.split(keys[name])
    drawn[name] = happens(gate, n, p[name], 2. ** (
        BAND_STD * jax.random.normal(key, (n,))), 1.)
  if 'noise' in p:
    gate, key, pixels = jax.random.split(keys['noise'], 3)
    sigma = NOISE_STD * jnp.abs(jax.random.normal(key, (n, 1, 1, 1)))
    drawn['noise'] = happens(gate, n, p['noise'], sigma, 0.) * (
        jax.random.normal(pixels, shape))
  if 'cutout' in p:
    gate, key = jax.random.split(keys['cutout'])
    size = happens(gate, n, p['cutout'], jnp.full((n, 1), CUTOUT_SIZE), 0.)
    drawn['cutout'] = jnp.concatenate(
        [size, jax.random.uniform(key, (n, 2))], -1)
  return drawn


def gains(drawn: Mapping[str, Array]) -> Array:
  """Of the four bands, each change of one followed by one of all: [B, 4].

  With a band's gain t the expected power of a picture would change, so all are
  divided by its root: g <- g t / sqrt(sum_j POWER_j t_j^2).
  """
  found = [drawn[name] for name in BANDS if name in drawn]
  out = jnp.ones((found[0].shape[0], 4))
  for i, name in enumerate(BANDS):
    if name in drawn:
      t = jnp.ones_like(out).at[:, i].set(drawn[name])
      out *= t / jnp.sqrt(jnp.sum(POWER * t ** 2, -1, keepdims=True))
  return out


def filtered(x: Array, gain: Array) -> Array:
  """x [B, H, W, C] with bands amplified by gain [B, 4], along both axes."""
  for axes, axis in (('bij,bjwc->biwc', 1), ('bij,bhjc->bhic', 2)):
    matrices = jnp.asarray(bank_matrices(x.shape[axis]), x.dtype)
    # Pictures of accelerators' fast matmuls would have 8 bits.
    one = jnp.einsum('bk,kij->bij', gain.astype(x.dtype), matrices,
                     precision='highest')
    x = jnp.einsum(axes, one, x, precision='highest')
  return x


def apply(x: Array, drawn: Mapping[str, Array]) -> Array:
  """Bands, noise and cutout of x [B, H, W, C], by what was drawn."""
  bands = [drawn[name] for name in BANDS if name in drawn]
  if bands:
    changed = jnp.any(jnp.stack(bands) != 1., 0)
    x = jnp.where(changed[:, None, None, None], filtered(x, gains(drawn)), x)
  if 'noise' in drawn:
    x += drawn['noise']
  if 'cutout' in drawn:
    size, *centre = drawn['cutout'].T[..., None]    # [B, 1] each
    outside = lambda n, at: jnp.abs(
        (np.arange(n, dtype=np.float32) + .5) / n - at) >= size / 2
    height, width = x.shape[1:3]
    seen = (outside(height, centre[1])[:, :, None]
            | outside(width, centre[0])[:, None, :])
    x = jnp.where(seen[..., None], x, 0.)
  return x
