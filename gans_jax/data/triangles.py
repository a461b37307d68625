"""Triangles: pictures whose manifold is known, so that recall can be measured.

Lucic et al. 2018 (arXiv:1711.10337), section 5, have convex polygons, of which
triangles are the main set. Theirs are not published: these are our own, white
on black, of vertices uniform over the picture and of at least a tenth of its
area.
"""

from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.data import sources

PIXELS = 28
SIZES = dict(train=80_000, test=10_000)
LEAST = .1    # of the picture's area


def triangles(split: str = 'train', n: int | None = None, seed: int = 0,
              pixels: int = PIXELS) -> sources.Raw:
  """Triangles [pixels, pixels, 1], without labels.

  Args:
    split: 'train' or 'test'.
    n: pictures; 80,000 and 10,000 by default.
    seed: of the vertices.
    pixels: of a side. They are drawn at that size: `size` would resample them,
      and what is resampled is no triangle of this set.

  Raises:
    ConfigError: an argument makes no sense.
  """
  if split not in SIZES:
    errors.unknown('split of triangles', split, SIZES)
  n = SIZES[split] if n is None else n
  if n < 1 or seed < 0 or pixels < 4:
    raise errors.ConfigError(f'triangles: n={n} must be > 0, seed={seed} >= 0, '
                             f'pixels={pixels} >= 4')
  corners = vertices(n, np.random.default_rng(
      [seed, list(SIZES).index(split)])).astype(np.float32)

  def read(indices):
    x = render(corners[indices], pixels)
    return np.rint(255 * x).astype(np.uint8)[..., None], None
  return sources.Raw('triangles', split, n, read, ready=True)


def vertices(n: int, rng: np.random.Generator) -> np.ndarray:
  """Corners [n, 3, 2], (column, row) in 0..1, of triangles not too thin."""
  out = np.zeros((0, 3, 2))
  while len(out) < n:
    more = rng.uniform(size=(2 * n + 10, 3, 2))
    out = np.concatenate([out, more[np.abs(_doubled(more)) > 2 * LEAST]])
  return out[:n]


def render(corners: Any, pixels: int, xp: Any = np) -> Any:
  """Pictures [N, pixels, pixels] in 0..1 of triangles [N, 3, 2].

  A pixel is 1 inside and 0 outside; its value falls linearly over the pixel's
  width about an edge, so that pictures change smoothly with their corners.

  Args:
    corners: (column, row) in sides of the picture.
    pixels: of a side.
    xp: numpy or jax.numpy.
  """
  corners = corners * pixels
  place = xp.arange(pixels) + .5
  inside = None
  side = xp.sign(_doubled(corners))[:, None, None]
  for i in range(3):
    a, b = corners[:, i], corners[:, (i + 1) % 3]
    along = b - a
    length = xp.sqrt(xp.sum(along ** 2, -1) + 1e-12)[:, None, None]
    across = (along[:, 0, None, None] * (place[:, None] - a[:, 1, None, None])
              - along[:, 1, None, None] * (place - a[:, 0, None, None]))
    distance = side * across / length
    inside = distance if inside is None else xp.minimum(inside, distance)
  return xp.clip(inside + .5, 0, 1)


def _doubled(corners):
  """Twice the signed area."""
  u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
  return u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
