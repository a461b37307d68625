"""Resizing of pictures as the field's libraries do it: each moves scores.

Every kind is linear and separable, so it is two matrix products, `R x C'`, with
matrices found once in numpy. The kinds, for pictures in 0..255:

  clean       PIL's bicubic, antialiased when shrinking, each channel in float32
              and clipped to 0..255 but not rounded: clean-fid (Parmar et al.
              2022, arXiv:2104.11222), what papers should use.
  tf1_legacy  TensorFlow 1's bilinear, source = i in/out, no half-pixel centre,
              no antialias: the first FID code, NVIDIA's, torch-fidelity.
  pytorch     F.interpolate's bilinear with half-pixel centres, no antialias:
              pytorch-fid.
  box, lanczos  PIL's, for making data sets smaller; in float32, where PIL's own
              of bytes rounds and clips between the axes.
  none        as it is; an error if the size is another.
"""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import errors

Array = jax.Array


def _bicubic(x: np.ndarray, a: float = -.5) -> np.ndarray:
  """Keys' cubic (1981); PIL's a is -1/2."""
  x = np.abs(x)
  near = ((a + 2) * x - (a + 3)) * x ** 2 + 1
  far = a * (((x - 5) * x + 8) * x - 4)
  return np.where(x < 1, near, np.where(x < 2, far, 0.))


def _lanczos(x: np.ndarray) -> np.ndarray:
  return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.)


def _box(x: np.ndarray) -> np.ndarray:
  return ((x > -.5) & (x <= .5)).astype(np.float64)


# PIL's filters and their supports, in pixels of the smaller picture.
FILTERS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {
    'clean': (_bicubic, 2.), 'lanczos': (_lanczos, 3.), 'box': (_box, .5)}
RESIZES = {kind: kind for kind in (
    'clean', 'tf1_legacy', 'pytorch', 'box', 'lanczos', 'none')}


@functools.lru_cache(maxsize=64)
def matrix(kind: str, source: int, target: int) -> np.ndarray:
  """The weights [target, source] of one axis, rows summing to 1; float64."""
  if kind == 'none' or (source == target and kind != 'none'):
    if source != target:
      raise errors.ConfigError(
          f"resize='none' of pictures of {source} pixels for a network of "
          f'{target}: choose one of {", ".join(RESIZES)}')
    return np.eye(target)
  scale = source / target
  out = np.arange(target)
  if kind in FILTERS:
    filter_, support = FILTERS[kind]
    wide = max(scale, 1.)    # antialias: the filter grows with the shrinking
    support *= wide
    centre = (out + .5) * scale
    first = np.maximum((centre - support + .5).astype(int), 0)
    last = np.minimum((centre + support + .5).astype(int), source)
    column = np.arange(source)
    weights = filter_((column[None] - centre[:, None] + .5) / wide)
    inside = (column >= first[:, None]) & (column < last[:, None])
    weights = np.where(inside, weights, 0.)
    return weights / weights.sum(1, keepdims=True)
  if kind == 'tf1_legacy':
    place = out * scale
  elif kind == 'pytorch':
    place = np.maximum((out + .5) * scale - .5, 0)
  else:
    errors.unknown('resize', kind, RESIZES)
  low = np.minimum(np.floor(place).astype(int), source - 1)
  high = np.minimum(low + 1, source - 1)
  weights = np.zeros((target, source))
  np.add.at(weights, (out, low), 1 - (place - low))
  np.add.at(weights, (out, high), place - low)
  return weights


def resize(x: Array, size: int | tuple[int, int], kind: str) -> Array:
  """Resizes pictures; may be traced.

  Args:
    x: [B, H, W, C] in 0..255.
    size: of the result, one number or (height, width).
    kind: of RESIZES.

  Returns:
    float32 [B, *size, C], within 0..255.

  Raises:
    ConfigError: an unknown kind, or 'none' of pictures of another size.
  """
  errors.choose('resize', kind, RESIZES)
  height, width = (size, size) if isinstance(size, int) else size
  rows = matrix(kind, x.shape[1], height).astype(np.float32)
  columns = matrix(kind, x.shape[2], width).astype(np.float32)
  x = jnp.asarray(x, jnp.float32)
  exact = jax.lax.Precision.HIGHEST    # bfloat16 products would move scores
  if x.shape[2] != width:
    x = jnp.einsum('vw,bhwc->bhvc', columns, x, precision=exact)
  if x.shape[1] != height:
    x = jnp.einsum('uh,bhvc->buvc', rows, x, precision=exact)
  return jnp.clip(x, 0, 255) if kind in FILTERS else x
