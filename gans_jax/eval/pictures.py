"""Pictures that some other code has made, and real ones to compare them with.

Read as they are: nothing is resized, cropped or converted, since any of these
moves scores. What does not fit is an error that names the file.
"""

import pathlib
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from gans_jax import buckets, data, errors
from gans_jax.data import decode
from gans_jax.data import folder as folders
from gans_jax.data.spec import Batch, Source, Spec

BATCH = 256
KEYS = ('x', 'images', 'samples', 'arr_0')    # of pictures in an npz
LABELS = ('y', 'labels', 'arr_1')
MODES = {'L': 1, 'RGB': 3}


def open_source(where: str, split: str | None = None) -> Source:
  """Pictures by path, or a data set by name.

  Args:
    where: a folder of pictures, whose first-level subfolders are labels; an
      npz with uint8 pictures [N, H, W, C] under one of KEYS, and labels [N]
      under one of LABELS; either also by URL, gs:// or s3://; or a data set,
      'mnist5k' or 'fashion_mnist:test'.
    split: of a data set, if the name does not say it.

  Raises:
    ConfigError: nothing of that name, or pictures that differ in size or kind.
  """
  path = buckets.cached(where).expanduser()
  if path.suffix == '.npz':
    return _npz(path)
  if path.is_dir():
    return Folder(path)
  name, _, part = where.partition(':')
  known = data.POINTS | data.PICTURES
  if name not in known:
    raise errors.ConfigError(
        f'{where!r} is neither a folder, nor an .npz, nor a data set; data '
        f'sets are {", ".join(sorted(known))}')
  return data.make(name, **({'split': part or split} if part or split else {}))


class Folder:
  """A folder of pictures of one size, all grey or all RGB; a `Source`."""

  def __init__(self, path: pathlib.Path):
    files = folders.find(path)
    if not files:
      raise errors.ConfigError(
          f'no images in {path} (looked for {" ".join(folders.EXTENSIONS)})')
    self._files = [path / f for f in files]
    parents = [f.split('/')[0] if '/' in f else None for f in files]
    names = () if None in parents else tuple(sorted(set(parents)))
    self._y = (np.array([names.index(p) for p in parents], np.int32)
               if names else None)
    self.sizes = np.array([f.stat().st_size for f in self._files])    # bytes
    self._first = _read(self._files[0])
    shapes, dtypes = {'x': self._first.shape}, {'x': 'uint8'}
    if names:
      shapes['y'], dtypes['y'] = (), 'int32'
    self.spec = Spec(str(path.name), 'folder', len(files), shapes, dtypes,
                     len(names), names, (0., 255.))

  def __len__(self) -> int:
    return len(self._files)

  def batch(self, indices: np.ndarray, keys: np.ndarray | None = None
            ) -> Batch:
    """uint8 pictures; see `spec.Source`."""
    out = np.empty((len(indices), *self._first.shape), np.uint8)
    for place, i in enumerate(indices):
      x = _read(self._files[i])
      if x.shape != self._first.shape:
        raise errors.ConfigError(
            f'pictures differ: {self._files[0]} is {list(self._first.shape)}, '
            f'{self._files[i]} is {list(x.shape)}; bring all to one size and '
            'one kind, RGB or grey')
      out[place] = x
    return {'x': out} if self._y is None else {'x': out, 'y': self._y[indices]}


class FromSource:
  """Draws samples from a source, in its order: a `draw` for `onepass.run`."""

  batch_size = BATCH

  def __init__(self, source: Source, said: Mapping[str, Any] | None = None,
               like: Spec | None = None):
    """Makes the draw.

    Args:
      source: of the samples.
      said: what is known of how they were sampled.
      like: of the data that they are compared with: pictures are given in its
        range, whatever theirs is. None: as the source has them.
    """
    self.source, self._like = source, like
    self.protocol: dict[str, Any] = dict(
        samples=source.spec.name, **(said or {}))

  def __call__(self, n: int) -> Batch:
    """The first n."""
    return self._batch(0, self._check(n))

  def part(self, i: int, n: int) -> Batch:
    """Batch `i` of the first n."""
    self._check(n)
    return self._batch(i * BATCH, min(n, (i + 1) * BATCH))

  def _batch(self, start, stop):
    batch = dict(self.source.batch(np.arange(start, stop)))
    if self._like is not None and batch['x'].ndim == 4:
      batch['x'] = rescale(
          batch['x'], self.source.spec.range, self._like.range)
    return batch

  def _check(self, n):
    if n > len(self.source):
      raise errors.ConfigError(
          f'{n} samples are needed, and {self.source.spec.name} holds '
          f'{len(self.source)}: make more, or ask for fewer with --n')
    return n


def rescale(x: np.ndarray, source: tuple[float, float],
            target: tuple[float, float]) -> np.ndarray:
  """Pictures from one range of values to another; as they are if it is one."""
  if tuple(source) == tuple(target):
    return x
  unit = (np.asarray(x, np.float64) - source[0]) / (source[1] - source[0])
  return (unit * (target[1] - target[0]) + target[0]).astype(np.float32)


def _read(path: pathlib.Path) -> np.ndarray:
  """uint8 [H, W, 1 or 3]."""
  try:
    with Image.open(path) as image:
      decode.bounded(image)
      if image.mode not in MODES:
        raise errors.ConfigError(
            f'{path} is {image.mode}; RGB (or 8-bit grey) is needed. Convert '
            'all pictures in the same way, and say so beside the numbers')
      return np.asarray(image).reshape(
          image.height, image.width, MODES[image.mode])
  except errors.ConfigError:
    raise
  except Exception as error:  # each of PIL's decoders has failures of its own
    raise errors.ConfigError(f'cannot read image {path}: {error}') from error


def _npz(path: pathlib.Path) -> Source:
  try:
    with np.load(path, allow_pickle=False) as file:
      found = {k: file[k] for k in file.files
               if k in (*KEYS, *LABELS, 'range')}
      names = file.files
  except FileNotFoundError as error:
    raise errors.ConfigError(f'there is no file {path}') from error
  except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
    raise errors.ConfigError(f'cannot read {path}: {error}') from error
  x = next((found[k] for k in KEYS if k in found), None)
  y = next((found[k] for k in LABELS if k in found), None)
  if x is None and {'mu', 'sigma'} <= set(names):
    raise errors.ConfigError(
        f'{path} holds moments, of which extractor and resize it does not say: '
        'give the pictures they are of. Their features are kept once found')
  if x is None:
    raise errors.ConfigError(
        f'{path} holds {", ".join(names) or "nothing"}: pictures are looked '
        f'for under {", ".join(KEYS)}')
  if x.ndim == 3:
    x = x[..., None]
  if x.ndim != 4 or x.shape[-1] not in MODES.values() or not len(x):
    raise errors.ConfigError(
        f'{path} holds {x.dtype} {list(x.shape)}; pictures are '
        '[N, H, W, 1 or 3]')
  limits = (0., 255.) if x.dtype == np.uint8 else tuple(
      map(float, found.get('range', ())))
  if len(limits) != 2:
    raise errors.ConfigError(
        f'{path} holds pictures of {x.dtype}, and does not say which values '
        "are black and white: save uint8, or an array 'range' beside them")
  if not np.isfinite(x).all():
    raise errors.ConfigError(f'{path} holds pictures with nan or infinities')
  if y is not None and y.ndim == 2:
    y = y.argmax(1)
  source = data.arrays(x, y, name=path.stem, split='npz', range=limits)
  return source
