"""Nearest real neighbours of generated pictures: has the game memorised?"""

import dataclasses

import numpy as np

from gans_jax import drawing
from gans_jax.data.spec import Source

CHUNK = 2000    # real examples compared at a time


def nearest(fake: np.ndarray, source: Source, k: int = 1
            ) -> tuple[np.ndarray, np.ndarray]:
  """The k examples of a source that are nearest to each of `fake`.

  Args:
    fake: [N, ...] of the shape and range of the source's x.
    source: looked at without random transforms, a chunk at a time.
    k: neighbours.

  Returns:
    Indices into the source [N, k] and Euclidean distances [N, k], nearest
    first; of examples at the same distance the one that comes first. A copy
    has distance 0 exactly.

  Raises:
    ValueError: shapes differ, or the source has fewer than k examples.
  """
  fake = np.asarray(fake)
  if fake.shape[1:] != tuple(source.spec.shapes['x']):
    raise ValueError(
        f'examples of shape {list(fake.shape[1:])}, to be compared with ones '
        f'of {list(source.spec.shapes["x"])}')
  if not 1 <= k <= len(source):
    raise ValueError(f'{k} neighbours among {len(source)} examples')
  x = fake.reshape(len(fake), -1).astype(np.float64)
  best = np.full((len(x), k), np.inf)
  index = np.zeros((len(x), k), np.int64)
  for start in range(0, len(source), CHUNK):
    rows = np.arange(start, min(start + CHUNK, len(source)))
    y = source.batch(rows)['x'].reshape(len(rows), -1).astype(np.float64)
    # |x - y|^2 by one matrix product; what cancels is corrected below.
    distance = (np.sum(x ** 2, 1)[:, None] + np.sum(y ** 2, 1)
                - 2 * x @ y.T)
    near = np.argsort(distance, 1, kind='stable')[:, :k]    # [N, <= k]
    exact = np.linalg.norm(x[:, None] - y[near], axis=-1)
    both = np.concatenate([best, exact], 1)
    order = np.argsort(both, 1, kind='stable')[:, :k]
    best = np.take_along_axis(both, order, 1)
    index = np.take_along_axis(
        np.concatenate([index, rows[near]], 1), order, 1)
  return index, best


def nearest_picture(fake: np.ndarray, source: Source,
                    range: tuple[float, float], k: int = 7) -> np.ndarray:
  """A picture of generated pictures, each beside its k nearest real ones.

  Args:
    fake: [N, H, W, C], one a row.
    source: of real pictures; fewer than k are all shown.
    range: of both.
    k: neighbours, the nearest first.

  Returns:
    uint8 [*, *, 3], see `images.grid`.
  """
  k = min(k, len(source))
  index, _ = nearest(fake, source, k)
  real = source.batch(index.reshape(-1))['x']
  real = real.reshape(len(fake), k, *real.shape[1:])
  rows = np.concatenate([np.asarray(fake)[:, None], real], 1)
  spec = dataclasses.replace(source.spec, range=range)
  return drawing.draw(
      dict(x=rows.reshape(-1, *rows.shape[2:])), spec, columns=k + 1)
