"""Slant and width of strokes, by moments of the ink.

Of grey values m(x, y) >= 0 with x to the right and y down, around the centre of
the ink: mu_pq = sum m (x - x0)^p (y - y0)^q / sum m.
"""

import numpy as np


def moments(x: np.ndarray, range: tuple[float, float]) -> dict[str, np.ndarray]:
  """Second-order moments of pictures.

  Args:
    x: [N, H, W, C]; the ink is what is above the lower end of `range`, the
      mean of the channels.
    range: of values without and with all the ink.

  Returns:
    By name [N], nan where there is no ink:
    slant: mu_11 / mu_02, how far to the right a stroke goes for each pixel it
      goes down: 0 for upright ones. It is what deskewing removes.
    width: sqrt(mu_20 - mu_11^2 / mu_02), in pixels, of the upright figure:
      what is left of the standard deviation of x when the slant is gone.
    height: sqrt(mu_02), in pixels.
    ink: mean of the grey values, from 0 to 1.

  Raises:
    ValueError: x is no pictures.
  """
  if x.ndim != 4:
    raise ValueError(f'moments are of pictures [N, H, W, C], not of {x.shape}')
  low, high = range
  ink = np.clip((x.astype(np.float64) - low) / (high - low), 0, 1).mean(-1)
  rows, columns = np.mgrid[:x.shape[1], :x.shape[2]]
  mass = ink.sum((1, 2))
  of = lambda f: (ink * f).sum((1, 2)) / mass
  with np.errstate(divide='ignore', invalid='ignore'):
    dx, dy = (c - of(c)[:, None, None] for c in (columns, rows))
    xx, xy, yy = of(dx * dx), of(dx * dy), of(dy * dy)
    slant = xy / yy
    return dict(slant=slant, width=np.sqrt(np.maximum(xx - xy * slant, 0)),
                height=np.sqrt(yy), ink=ink.mean((1, 2)))


def ranks(x: np.ndarray) -> np.ndarray:
  """Ranks along the last axis, of equal values the mean: [..., N]."""
  less = (x[..., None, :] < x[..., :, None]).sum(-1)
  equal = (x[..., None, :] == x[..., :, None]).sum(-1)
  return less + (equal - 1) / 2


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """Rank correlation along the last axis: [..., N], [..., N] -> [...].

  0 where one of both is constant; nan where one of both holds a nan.
  """
  known = np.isfinite(a).all(-1) & np.isfinite(b).all(-1)
  a, b = (r - r.mean(-1, keepdims=True) for r in (ranks(a), ranks(b)))
  size = np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
  found = (a * b).sum(-1) / np.where(size > 0, size, 1)
  return np.where(known, found, np.nan)
