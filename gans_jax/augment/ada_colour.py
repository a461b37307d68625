"""Transforms 9 to 13 of ADA's pipe: an affine map of the colours.

Karras et al. 2020 (arXiv:2006.06676), appendix B.3. Maps are 3x4 matrices of
(r, g, b, 1).
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.augment.ada_geometry import happens

Array = jax.Array

BRIGHTNESS_STD = .2
CONTRAST_STD, SATURATION_STD = .5, 1.    # of the logarithm to base 2

GREY = np.full((3, 3), 1 / 3, np.float32)    # v v^T, v = (1, 1, 1) / sqrt 3
# w -> v x w.
CROSS = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], np.float32) / np.sqrt(
    np.float32(3))
EYE = np.eye(3, dtype=np.float32)


def draw(keys: Mapping[str, Array], shape: tuple[int, ...],
         p: Mapping[str, float | Array]) -> dict[str, Array]:
  """By transform, what happens to each of `shape` = (B, ...) pictures.

  Args:
    keys: by name of the transform.
    shape: of the pictures; grey ones have no hue and no saturation.
    p: probability by name; a transform that is not there is not drawn.

  Returns:
    brightness [B], added; contrast [B], a factor; lumaflip [B] 0 or 1; hue [B]
    radians; saturation [B], a factor.
  """
  n = shape[0]
  normal = lambda key: jax.random.normal(key, (n,))
  makers = dict(
      brightness=(lambda key: BRIGHTNESS_STD * normal(key), 0.),
      contrast=(lambda key: 2. ** (CONTRAST_STD * normal(key)), 1.),
      lumaflip=(lambda key: jax.random.randint(key, (n,), 0, 2), 0),
      hue=(lambda key: jax.random.uniform(
          key, (n,), minval=-jnp.pi, maxval=jnp.pi), 0.),
      saturation=(lambda key: 2. ** (SATURATION_STD * normal(key)), 1.))
  if shape[-1] == 1:
    makers = {k: v for k, v in makers.items() if k not in ('hue', 'saturation')}
  drawn = {}
  for name, (make, identity) in makers.items():
    if name in p:
      gate, key = jax.random.split(keys[name])
      drawn[name] = happens(gate, n, p[name], make(key), identity)
  return drawn


def colour_map(drawn: Mapping[str, Array]) -> tuple[Array, Array]:
  """Factors [B, 3, 3] and offsets [B, 3] of all transforms, one after another.

  Each is written so that its identity gives the identity matrix exactly.
  """
  n = next(iter(drawn.values())).shape[0]
  factor = jnp.broadcast_to(EYE, (n, 3, 3))
  offset = jnp.zeros((n, 3))
  column = lambda name: drawn[name][:, None, None]
  if 'brightness' in drawn:
    offset += drawn['brightness'][:, None]
  later = []
  if 'contrast' in drawn:
    later.append(EYE * column('contrast'))
  if 'lumaflip' in drawn:      # Householder's reflection
    later.append(EYE - 2 * GREY * column('lumaflip'))
  if 'hue' in drawn:           # Rodrigues' rotation about v
    angle = column('hue')
    later.append(EYE + CROSS * jnp.sin(angle)
                 + (GREY - EYE) * (1 - jnp.cos(angle)))
  if 'saturation' in drawn:    # of what is not along v
    later.append(EYE + (EYE - GREY) * (column('saturation') - 1))
  for m in later:
    factor = _times(m, factor)
    offset = jnp.sum(m * offset[:, None, :], -1)
  return factor, offset


def _times(a, b):
  return jnp.sum(a[..., :, :, None] * b[..., None, :, :], -2)


NAMES = ('brightness', 'contrast', 'lumaflip', 'hue', 'saturation')


def apply(x: Array, drawn: Mapping[str, Array]) -> Array:
  """Colours of x [B, H, W, C] by what was drawn; grey takes the mean map."""
  drawn = {name: drawn[name] for name in NAMES if name in drawn}
  if not drawn:
    return x
  factor, offset = colour_map(drawn)
  if x.shape[-1] == 1:
    factor = jnp.sum(factor, (1, 2))[:, None, None, None] / 3
    return x * factor + jnp.mean(offset, -1)[:, None, None, None]
  y = sum(x[..., i:i + 1] * factor[:, None, None, :, i] for i in range(3))
  return y + offset[:, None, None]
