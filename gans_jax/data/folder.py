"""A folder of pictures; its subfolders are classes."""

import logging
import os
import pathlib
from concurrent import futures

import numpy as np

from gans_jax import errors
from gans_jax.data.decode import decode
from gans_jax.data.sources import Raw

EXTENSIONS = ('.bmp', '.gif', '.jpeg', '.jpg', '.pgm', '.png', '.ppm', '.tif',
              '.tiff', '.webp')
SPLITS = {'train': ('train', 'training'),
          'test': ('test', 'val', 'valid', 'validation')}
# Up to this many files are decoded once before anything starts.
CHECKED = 10_000


def folder(path: str, split: str = 'train', skip_bad: bool = False,
           holdout: float = 0., check: bool | None = None) -> Raw:
  """Pictures in a folder and below it, in the order of their paths.

  If the folder holds nothing but `train` and `test` (or `val`), the split
  names one of them. Labels are the names of the first-level subfolders, in
  alphabetical order, if all pictures are in such.

  Args:
    path: the folder.
    split: 'train' or 'test'.
    skip_bad: leave out pictures that can't be decoded, and log how many.
    holdout: share of the pictures that makes the split 'test', when the
      folder isn't divided; always the same ones.
    check: decode every picture once now, so that a bad one is named at the
      start; None: up to 10,000 pictures. `skip_bad` always checks.

  Raises:
    ConfigError: no folder, no pictures, no such split, or a bad picture.
  """
  root = pathlib.Path(path).expanduser()
  if not root.is_dir():
    raise errors.ConfigError(f'there is no folder {root}')
  if split not in SPLITS:
    errors.unknown('split of folder', split, SPLITS)
  root, divided = _divide(root, split)
  files = find(root)
  if not files:
    raise errors.ConfigError(
        f'no images in {root} (looked for {" ".join(EXTENSIONS)})')
  if skip_bad or (len(files) <= CHECKED if check is None else check):
    files = _sound(root, files, skip_bad)
  if not divided:
    files = _hold_out(root, files, split, holdout)
  parents = [file.split('/')[0] if '/' in file else None for file in files]
  names = () if None in parents else tuple(sorted(set(parents)))
  labels = None
  if names:
    labels = np.array([names.index(p) for p in parents], np.int32)

  def read(indices):
    images = [decode(root / files[i], hint(root / files[i])) for i in indices]
    return images, None if labels is None else labels[indices]

  return Raw('folder', split, len(files), read, len(names), names)


def hint(path: pathlib.Path) -> str:
  """How an error names a bad picture, and what to do about it."""
  return f'{path} (skip_bad=True leaves such images out)'


def find(root: pathlib.Path) -> list[str]:
  """Paths of the pictures below `root`, relative to it, with '/', sorted."""
  found, seen = [], set()
  for place, folders, names in os.walk(root, followlinks=True):
    real = os.path.realpath(place)
    if real in seen:  # a link that leads back
      folders.clear()
      continue
    seen.add(real)
    folders[:] = sorted(f for f in folders
                        if not f.startswith('.') and f != '__MACOSX')
    where = pathlib.Path(place).relative_to(root)
    found += [(where / name).as_posix() for name in names
              if name.lower().endswith(EXTENSIONS)
              and not name.startswith('.')]
  return sorted(found)


def _divide(root, split):
  """The folder of the split, and whether the root is divided into such."""
  inside = {p.name.lower(): p for p in root.iterdir()
            if p.is_dir() and not p.name.startswith('.')}
  every = [name for names in SPLITS.values() for name in names]
  if not inside or not set(inside) <= set(every):
    return root, False
  for name in SPLITS[split]:
    if name in inside:
      return inside[name], True
  raise errors.ConfigError(
      f'{root} has no {split!r} among its {sorted(inside)}')


def _hold_out(root, files, split, share):
  """The files of one split of an undivided folder."""
  if not 0 <= share < 1:
    raise errors.ConfigError(f'holdout={share} must be at least 0, below 1')
  held = np.zeros(len(files), bool)
  held[np.random.default_rng(0).permutation(len(files))[
      :round(share * len(files))]] = True
  files = [files[i] for i in np.flatnonzero(held == (split == 'test'))]
  if not files:
    raise errors.ConfigError(
        f'{root} has no {split!r} split: give holdout=, the share of its '
        'images to set aside, or divide it into train/ and test/')
  return files


def _sound(root, files, skip_bad):
  """Files that decode; a bad one is an error unless `skip_bad`."""

  def trouble(file):
    try:
      decode(root / file, hint(root / file))
    except errors.ConfigError as error:
      return error
    return None

  pool = futures.ThreadPoolExecutor(os.cpu_count())
  try:
    bad = {}
    for file, error in zip(
        files, pool.map(trouble, files), strict=True):
      if error is not None:
        if not skip_bad:
          raise error
        bad[file] = error
  finally:
    pool.shutdown(cancel_futures=True)
  if bad:
    logging.warning('%s: left out %d of %d images that cannot be read: %s',
                    root, len(bad), len(files), ', '.join(list(bad)[:5]) +
                    (', ...' if len(bad) > 5 else ''))
  files = [file for file in files if file not in bad]
  if not files:
    raise errors.ConfigError(f'not one image in {root} can be read')
  return files
