"""Real pictures that samples are compared with; their features, kept.

Features of real pictures are found once for each data set, number of pictures,
network, weights and resize, and kept in the user's cache folder.
"""

from collections.abc import Iterable, Iterator

import jax
import numpy as np

from gans_jax import environment, errors, images, sharding
from gans_jax.data.spec import Source, Spec
from gans_jax.eval import cache, distances
from gans_jax.eval.features.extractor import Extractor, View

VERSION = 1      # of how features of real pictures are made
CHUNK = 256      # pictures read at a time
PROBES = 256     # pictures that tell one data set from another


class Reference:
  """A source of real examples, and their features.

  Attributes:
    source: looked at without random transforms.
    spec: of the source.
    mesh: over which feature networks run; None: all devices.
  """

  def __init__(self, source: Source, mesh: jax.sharding.Mesh | None = None):
    self.source, self.spec, self.mesh = source, source.spec, mesh
    self._moments: dict[tuple, distances.Moments] = {}
    self._found: dict[tuple, np.ndarray] = {}
    self._fingerprint = ''

  def rows(self, n: int | None = None) -> np.ndarray:
    """Which examples count: all, or n of a fixed random choice."""
    size = len(self.source)
    if n is None or n >= size:
      return np.arange(size)
    return np.sort(np.random.default_rng(0).permutation(size)[:n])

  def count(self, n: int | None = None) -> int:
    """How many examples that are."""
    return len(self.source) if n is None else min(n, len(self.source))

  def batches(self, n: int | None = None) -> Iterator[dict[str, np.ndarray]]:
    """Examples, CHUNK at a time."""
    rows = self.rows(n)
    for i in range(0, len(rows), CHUNK):
      yield self.source.batch(rows[i:i + CHUNK])

  def pictures(self, n: int | None = None) -> Iterator[np.ndarray]:
    """uint8 [CHUNK, H, W, C] of them."""
    for batch in self.batches(n):
      yield images.to_uint8(batch['x'], self.spec.range)

  def labels(self, n: int | None = None) -> np.ndarray:
    """int [n].

    Raises:
      ConfigError: there are none.
    """
    if not self.spec.classes:
      raise errors.ConfigError(f'{self.spec.name!r} has no labels')
    y = np.concatenate([b['y'] for b in self.batches(n)])
    return y if y.ndim == 1 else y.argmax(1)

  def features(self, view: View, n: int | None = None) -> np.ndarray:
    """float32 [n, ...], from memory or from the cache, or found now."""
    self.prepare([view], n)
    return self._found[self._key(view, n)]

  def prepare(self, views: Iterable[View], n: int | None = None) -> None:
    """Finds all these features in one pass over the pictures."""
    missing: dict[Extractor, list[str]] = {}
    for view in dict.fromkeys(views):
      key = self._key(view, n)
      if key in self._found:
        continue
      kept = self._kept(view, n)
      if sharding.all_agree(kept is not None):
        self._found[key] = kept
      else:
        missing.setdefault(view.extractor, []).append(view.tap)
    if not missing:
      return
    parts: dict[View, list[np.ndarray]] = {}
    for x in self.pictures(n):
      for extractor, taps in missing.items():
        for tap, found in extractor(x, taps).items():
          parts.setdefault(View(extractor, tap), []).append(found)
    for view, part in parts.items():
      features = np.concatenate(part)
      self._found[self._key(view, n)] = features
      if sharding.is_main():
        cache.save(self._path(view, n), dict(features=features),
                   self._meta(view))

  def moments(self, view: View, n: int | None = None) -> distances.Moments:
    """Mean and covariance of `features`, found once."""
    key = self._key(view, n)
    if key not in self._moments:
      x = self.features(view, n)
      self._moments[key] = distances.Moments(x.reshape(len(x), -1))
    return self._moments[key]

  def _kept(self, view, n) -> np.ndarray | None:
    """Features that are in the cache.

    Raises:
      ConfigError: a file of that name holds those of another network.
    """
    path = self._path(view, n)
    kept = cache.load(path)
    if kept is None:
      return None
    (features,), meta = kept[0].values(), kept[1]
    meta.pop('sha256')
    wanted = self._meta(view)
    wrong = [k for k in wanted if meta.get(k) != wanted[k]]
    if wrong or len(features) != self.count(n):
      raise errors.ConfigError(
          f'{path} holds features of another extractor or data set '
          f'({", ".join(wrong) or "number"}): remove it, it is made anew')
    return features

  def _meta(self, view) -> dict:
    return dict(view.extractor.protocol, tap=view.tap, data=self.spec.name,
                split=self.spec.split)

  def _key(self, view, n):
    return view.extractor.key, view.tap, self.count(n)

  def _path(self, view, n):
    name = f'{self.spec.name}-{self.spec.split}'.replace('/', '_')
    return environment.cache_dir(
        'reference', f'{name}-{self.fingerprint()[:16]}-v{VERSION}',
        f'{view.extractor.key}-{view.tap}-{self.count(n)}.npz')

  def fingerprint(self) -> str:
    """Tells this source from others, by its size and some of its examples.

    Of pictures as 8 bits, whatever range they are given in; of files by all
    their sizes, too.
    """
    if not self._fingerprint:
      size = len(self.source)
      rows = np.linspace(0, size - 1, min(size, PROBES)).astype(int)
      x = self.source.batch(rows)['x']
      self._fingerprint = cache.digest(dict(
          size=np.asarray(size), sizes=getattr(
              self.source, 'sizes', np.zeros(0, np.int64)),
          x=images.to_uint8(x, self.spec.range) if x.ndim == 4 else x))
    return self._fingerprint


def check_alike(spec: Spec, shape: tuple[int, ...]) -> None:
  """Raises ConfigError if pictures of `shape` can't be compared with these."""
  if tuple(spec.shapes['x']) != tuple(shape):
    raise errors.ConfigError(
        f'pictures of {list(shape)} cannot be compared with those of '
        f'{spec.name!r}, which are {list(spec.shapes["x"])}: bring both to one '
        'size and to one number of channels')
