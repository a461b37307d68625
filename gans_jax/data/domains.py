"""Two domains of pictures without pairs: 'a' and 'b' of a batch.

The second is another set, or the first one changed: then each has a half of its
own, so that no picture is there in both.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Source
from gans_jax.data.transforms import mix

# (x [n, H, W, C], values of black and white) -> the same pictures otherwise.
Change = Callable[[np.ndarray, tuple[float, float]], np.ndarray]
SALT = np.uint64(0x6A09E667F3BCC909)


def negative(x: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
  """Black for white."""
  return np.asarray(limits[0] + limits[1] - x, np.float32)


def edge(x: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
  """The dilation by 3 x 3 pixels less the picture: outlines, as CoGAN's code.

  What lies beyond the border counts as the border.
  """
  padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), 'edge')
  height, width = x.shape[1:3]
  dilated = np.max([padded[:, i:i + height, j:j + width]
                    for i in range(3) for j in range(3)], 0)
  return np.asarray(limits[0] + dilated - x, np.float32)


CHANGES: Mapping[str, Change] = dict(edge=edge, negative=negative)


class Domain:
  """Some examples of a source, changed."""

  def __init__(self, source: Source, rows: np.ndarray, name: str = '',
               change: Change | None = None):
    self._source, self._rows, self._change = source, rows, change
    spec = source.spec
    self.spec = dataclasses.replace(
        spec, name=f'{spec.name}:{name}' if name else spec.name,
        size=len(rows))

  def __len__(self) -> int:
    return len(self._rows)

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """See `spec.Source`."""
    batch = self._source.batch(self._rows[indices], keys)
    if self._change is None:
      return batch
    return {**batch, 'x': self._change(batch['x'], self.spec.range)}


class Domains:
  """Draws of two sources, which have nothing to do with each other.

  Keys are 'a' and 'b'; with labels 'y', those of a, and 'y_b', those of b,
  which are there for judges: a game that uses them cheats. An epoch is one of
  a; b is drawn with replacement, by the random key of the example. Without keys
  the i-th example has the i-th of b, in turn.

  Attributes:
    a, b: the sources, each with x (and y).
    change: what made b of pictures such as those of a; None: nothing did.
    held_out: () -> the same of the split 'test'.
  """

  def __init__(self, a: Source, b: Source, *, labels: bool,
               change: Change | None,
               held_out: Callable[[], 'Domains']):
    self.a, self.b, self.change, self.held_out = a, b, change, held_out
    spec = a.spec
    keys = dict(a=('x', a), b=('x', b))
    if labels:
      keys |= dict(y=('y', a), y_b=('y', b))
    self._keys = keys
    self.spec = dataclasses.replace(
        spec, name=f'{spec.name}|{b.spec.name}', kind='domains',
        shapes={k: s.spec.shapes[key] for k, (key, s) in keys.items()},
        dtypes={k: s.spec.dtypes[key] for k, (key, s) in keys.items()},
        classes=spec.classes if labels else 0,
        class_names=spec.class_names if labels else ())

  def __len__(self) -> int:
    return len(self.a)

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """See `spec.Source`."""
    indices = np.asarray(indices)
    if keys is None:
      rows, other = indices % len(self.b), None
    else:
      other = mix(np.asarray(keys, np.uint64) ^ SALT)
      rows = (mix(other) % np.uint64(len(self.b))).astype(np.int64)
    found = {id(self.a): self.a.batch(indices, keys),
             id(self.b): self.b.batch(rows, other)}
    return {k: found[id(s)][key] for k, (key, s) in self._keys.items()}


def unpaired(make: Callable[..., Source], options: Mapping[str, Any],
             domains: str | Mapping[str, Any], labels: bool = False
             ) -> Domains:
  """Two domains, unpaired.

  Args:
    make: `data.make`.
    options: its arguments, of the set that domain a is of.
    domains: of CHANGES: b is the other half of the set, changed. Or arguments
      of `make`, of another set of pictures of the same shape and range.
    labels: whether batches have them.

  Raises:
    ConfigError: an unknown change, pictures that don't fit, or no labels.
  """
  def held_out() -> Domains:
    test = dict(options, split='test')
    return unpaired(make, test, domains if isinstance(domains, str) else dict(
        domains, split='test'), labels)

  whole, change = make(**options), None
  if isinstance(domains, str):
    change = errors.choose('change of a domain', domains, CHANGES)
    _check_pictures(whole)
    order = np.random.default_rng(0).permutation(len(whole))
    half = len(order) // 2
    a = Domain(whole, np.sort(order[:half]))
    b = Domain(whole, np.sort(order[half:]), domains, change)
  else:
    a, b = whole, make(**domains)
    _check_pictures(a)
    _check_pictures(b)
    if (a.spec.shapes['x'], a.spec.range) != (b.spec.shapes['x'],
                                              b.spec.range):
      raise errors.ConfigError(
          f'domains of {a.spec.name!r} and {b.spec.name!r} have pictures '
          f'{list(a.spec.shapes["x"])} in {a.spec.range} and '
          f'{list(b.spec.shapes["x"])} in {b.spec.range}: give both the same '
          'size, channels and range')
  if labels and not (a.spec.classes and a.spec.classes == b.spec.classes):
    raise errors.ConfigError(
        f'labels of domains with {a.spec.classes} and {b.spec.classes} '
        'classes: both need labels, of the same classes')
  return Domains(a, b, labels=labels, change=change, held_out=held_out)


def _check_pictures(source: Source) -> None:
  shape = source.spec.shapes.get('x', ())
  if len(shape) != 3:
    raise errors.ConfigError(
        f'domains are of pictures [H, W, C]; {source.spec.name!r} has x of '
        f'shape {list(shape)}')
