"""Few labels: a source that says which of its labels may be used."""

import dataclasses

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Source

CHUNK = 1000


class Labelled:
  """A source with a key more: 'labelled', 1. where `y` may be looked at.

  The rest of `y` is there for judges; a game that uses it cheats.
  """

  def __init__(self, source: Source, flags: np.ndarray):
    spec = source.spec
    self._source, self._flags = source, flags.astype(np.float32)
    self.spec = dataclasses.replace(
        spec, shapes={**spec.shapes, 'labelled': ()},
        dtypes={**spec.dtypes, 'labelled': 'float32'})

  def __len__(self) -> int:
    return len(self._source)

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """See `spec.Source`."""
    return {**self._source.batch(indices, keys),
            'labelled': self._flags[indices]}


def few(source: Source, count: int, seed: int = 0) -> Labelled:
  """Keeps `count` labels, as many of each class, drawn by `seed`.

  Args:
    source: with labels; all of them are read once.
    count: labels in all, a multiple of the number of classes.
    seed: of the draw.

  Raises:
    ConfigError: no labels, a count that classes do not divide, or more of a
      class than there are.
  """
  classes = source.spec.classes
  if not classes or 'y' not in source.spec.shapes:
    raise errors.ConfigError(
        f'labelled={count} was asked of {source.spec.name!r}, which has no '
        'labels')
  if count < classes or count % classes:
    raise errors.ConfigError(
        f'labelled={count}: the labels are as many of each of {classes} '
        f'classes, so give a multiple of {classes}')
  y = labels(source)
  order = np.random.default_rng(seed).permutation(len(y))
  flags = np.zeros(len(y))
  for k in range(classes):
    mine = order[y[order] == k][:count // classes]
    if len(mine) < count // classes:
      raise errors.ConfigError(
          f'labelled={count} wants {count // classes} of each class, and '
          f'{source.spec.name!r} has {len(mine)} of class {k}')
    flags[mine] = 1
  return Labelled(source, flags)


def labels(source: Source) -> np.ndarray:
  """All labels of a source, whole: [N]."""
  y = np.concatenate([
      source.batch(np.arange(i, min(i + CHUNK, len(source))))['y']
      for i in range(0, len(source), CHUNK)])
  return y.argmax(-1) if y.ndim > 1 else y
