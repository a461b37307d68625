"""Some of the classes of a source, as a source of its own."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from gans_jax import errors
from gans_jax.data import labelled
from gans_jax.data.spec import Batch, Source


class Only:
  """The examples of some classes, which are numbered anew from 0."""

  def __init__(self, source: Source, rows: np.ndarray, kept: Sequence[int]):
    spec = source.spec
    names = spec.class_names
    self._source, self._rows, self._kept = source, rows, np.asarray(kept)
    self._number = np.zeros(spec.classes, np.int32)
    self._number[self._kept] = np.arange(len(kept))
    self._one_hot = bool(spec.shapes['y'])
    shapes = dict(spec.shapes)
    if self._one_hot:
      shapes['y'] = (len(kept),)
    # Its name says what it is: the whole set of that name is another one.
    self.spec = dataclasses.replace(
        spec, name=f'{spec.name}:{",".join(map(str, kept))}', size=len(rows),
        shapes=shapes, classes=len(kept),
        class_names=tuple(names[k] for k in kept) if names else ())

  def __len__(self) -> int:
    return len(self._rows)

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """See `spec.Source`."""
    batch = self._source.batch(self._rows[indices], keys)
    y = (batch['y'][:, self._kept] if self._one_hot
         else self._number[batch['y']])
    return {**batch, 'y': y}


def only(source: Source, classes: Sequence[int]) -> Only:
  """The examples of `classes`, in their order in the source.

  Args:
    source: with labels; all of them are read once.
    classes: whole numbers of the source's classes; the first becomes class 0,
      the second 1, ...

  Raises:
    ConfigError: no labels, no class, an unknown one, one that is given
      twice, or one without examples.
  """
  spec = source.spec
  if not spec.classes or 'y' not in spec.shapes:
    raise errors.ConfigError(
        f'only={classes} was asked of {spec.name!r}, which has no labels')
  if (isinstance(classes, (str, bytes)) or not isinstance(classes, Sequence)
      or any(isinstance(k, bool) or not isinstance(k, (int, np.integer))
             for k in classes)):
    raise errors.ConfigError(
        f'only={classes!r} is no list of classes by number: write '
        'only=(0, 2), for example')
  if not classes:
    raise errors.ConfigError('only=() names no class: leave it out for all')
  for k in classes:
    if not 0 <= k < spec.classes:
      raise errors.ConfigError(
          f'only={tuple(classes)}: {spec.name!r} has classes 0 to '
          f'{spec.classes - 1}, and no class {k}')
  if len(set(classes)) < len(classes):
    raise errors.ConfigError(f'only={tuple(classes)} names a class twice')
  y = labelled.labels(source)
  for k in classes:
    if not (y == k).any():
      raise errors.ConfigError(
          f'only={tuple(classes)}: {spec.name!r} ({spec.split}) has no '
          f'example of class {k}')
  return Only(source, np.flatnonzero(np.isin(y, classes)), tuple(classes))
