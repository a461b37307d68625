"""Few labels: a source that says which of its labels may be used."""

import dataclasses

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Source

CHUNK = 1000


class Labelled:
  """A source with a key more: 'labelled', 1. where `y` may be looked at.

  The rest of `y` is there for judges; a game that uses it cheats. With
  `beside`, each example also comes with a labelled one, 'x_labelled' and
  'y_labelled', drawn anew each time: so few labels among many examples would
  leave most batches without any.
  """

  def __init__(self, source: Source, flags: np.ndarray, beside: bool = False):
    spec = source.spec
    self._source, self._flags = source, flags.astype(np.float32)
    self._few = np.flatnonzero(flags) if beside else None
    more = ('x', 'y') if beside else ()
    add = lambda facts, new: {
        **facts, 'labelled': new, **{f'{k}_labelled': facts[k] for k in more}}
    self.spec = dataclasses.replace(
        spec, shapes=add(spec.shapes, ()), dtypes=add(spec.dtypes, 'float32'))

  def __len__(self) -> int:
    return len(self._source)

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """See `spec.Source`."""
    batch = {**self._source.batch(indices, keys),
             'labelled': self._flags[indices]}
    if self._few is None:
      return batch
    # Without keys the i-th example has the i-th label's, in turn.
    pick = np.asarray(indices) if keys is None else _mixed(keys)
    shown = self._source.batch(
        self._few[(pick % len(self._few)).astype(np.int64)], keys)
    return {**batch, 'x_labelled': shown['x'], 'y_labelled': shown['y']}


def _mixed(keys: np.ndarray) -> np.ndarray:
  """Other uint64 than `keys`, from which the source draws its transforms."""
  keys = np.asarray(keys, np.uint64) * np.uint64(0x9E3779B97F4A7C15)
  return keys ^ (keys >> np.uint64(32))


def few(source: Source, count: int, seed: int = 0, beside: bool = False
        ) -> Labelled:
  """Keeps `count` labels, as many of each class, drawn by `seed`.

  Args:
    source: with labels; all of them are read once.
    count: labels in all, a multiple of the number of classes.
    seed: of the draw.
    beside: each batch has as many labelled examples beside it.

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
  return Labelled(source, flags, beside)


def labels(source: Source) -> np.ndarray:
  """All labels of a source, whole: [N]."""
  y = np.concatenate([
      source.batch(np.arange(i, min(i + CHUNK, len(source))))['y']
      for i in range(0, len(source), CHUNK)])
  return y.argmax(-1) if y.ndim > 1 else y
