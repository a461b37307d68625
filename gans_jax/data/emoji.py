"""Emoji, 64x64 RGB with labels: Google's (Noto) and Twitter's (Twemoji).

The npm packages emoji-datasource-google (pictures Apache-2.0) and
emoji-datasource-twitter (CC-BY 4.0) hold the same 3,786 pictures by the same
names, of 1,911 emoji and their skin tones. They are fetched and decoded once,
by `launch/prepare.py emoji`; nothing of them is part of this repository.
"""

import contextlib
import hashlib
import io
import json
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from gans_jax import errors, files
from gans_jax.data import sources
from gans_jax.data.decode import decode

VERSION = '16.0.0'
SIZE = 64
LEVELS = ('category', 'subcategory')
HELD_OUT = 10    # one of so many emoji of a category is for tests


class Package(NamedTuple):
  """An npm package; `sha256` of its .tgz."""

  vendor: str
  sha256: str

  @property
  def npm(self) -> str:
    return f'emoji-datasource-{self.vendor}'


PACKAGES = {
    'emoji': Package(
        'google', 'fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b'
        '5c438'),
    'emoji_twitter': Package(
        'twitter', 'f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848a'
        'aba7a28877'),
}


def emoji(split: str = 'train', level: str = 'category', skins: bool = True
          ) -> sources.Raw:
  """Google's emoji over white, 64x64x3: 3,415 and 371 with skin tones.

  Args:
    split: 'train' or 'test': a tenth of the emoji of each category, with their
      skin tones.
    level: of the labels: 'category' (10) or 'subcategory' (99).
    skins: False leaves out the skin tones, which are half of the pictures.

  Raises:
    ConfigError: not prepared, or no such split or level.
  """
  return _read('emoji', split, level, skins)


def emoji_twitter(split: str = 'train', level: str = 'category',
                  skins: bool = True) -> sources.Raw:
  """Twitter's emoji, in the same order and splits as `emoji`."""
  return _read('emoji_twitter', split, level, skins)


def _read(name, split, level, skins):
  for kind, value, allowed in (('split', split, ('train', 'test')),
                               ('level', level, LEVELS)):
    if value not in allowed:
      errors.unknown(f'{kind} of {name}', value, allowed)
  path = stored(name)
  if not path.exists():
    raise errors.ConfigError(
        f'data set {name!r} is not prepared: there is no {path}. Run: python '
        f'launch/prepare.py {name}')
  try:
    with np.load(path, allow_pickle=False) as stored_arrays:
      kept = dict(stored_arrays)
    y, names = kept[level], kept[f'{level}_names']
    rows = kept['test'] == (split == 'test')
    rows &= skins | ~kept['skin']
    images = kept['images'][rows]
  except Exception as error:    # zipfile, zlib and numpy have many of them
    raise errors.ConfigError(
        f'{path} is damaged ({error}): remove it, and run python '
        f'launch/prepare.py {name}') from error
  return sources.raw(images, y[rows], name=name, split=split,
                     class_names=tuple(map(str, names)))


def stored(name: str) -> pathlib.Path:
  """The file that `prepare` makes."""
  from gans_jax import environment    # imports JAX, which data needs not
  return environment.cache_dir('data', f'{name}-{VERSION}.npz')


def prepare(name: str, source: str | None = None) -> pathlib.Path:
  """Decodes the package into one file of arrays.

  Args:
    name: of PACKAGES.
    source: the package as .tgz, or the folder it was unpacked to; None: npm
      fetches it.

  Returns:
    Where the arrays are. What is there already is left alone.

  Raises:
    ConfigError: no npm, no such file, or another package than the published
      one. Nothing is written.
  """
  path, package = stored(name), errors.choose('emoji', name, PACKAGES)
  if path.exists():
    return path
  with contextlib.ExitStack() as stack:
    if source is None:
      source = stack.enter_context(_fetched(package))
    read = stack.enter_context(_reader(pathlib.Path(source), package))
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays(read, package.vendor))
  try:
    return files.write_atomic(path, stream.getvalue())
  except OSError as error:
    raise errors.ConfigError(
        f'cannot write {path}: {error}. $GANS_JAX_CACHE names another folder'
    ) from error


def arrays(read: Callable[[str], bytes], vendor: str) -> dict[str, np.ndarray]:
  """Pictures, labels and splits of a package.

  Args:
    read: path inside the package -> its bytes.
    vendor: 'google' or 'twitter'.
  """
  entries = sorted(json.loads(read('emoji.json')), key=lambda e: e['unified'])
  names = {level: sorted({e[level] for e in entries}) for level in LEVELS}
  held, seen = np.random.default_rng(0).permutation(len(entries)), {}
  test = np.zeros(len(entries), bool)
  for i in held:    # every tenth of a category, in an order drawn by chance
    nth = seen[entries[i]['category']] = seen.get(
        entries[i]['category'], 0) + 1
    test[i] = nth % HELD_OUT == 0
  rows = []
  for entry, is_test in zip(entries, test, strict=True):
    labels = [names[level].index(entry[level]) for level in LEVELS]
    for skin, one in [(False, entry), *(
        (True, v) for v in entry.get('skin_variations', {}).values())]:
      file = f'img/{vendor}/{SIZE}/{one["image"]}'
      rows.append((decode(read(file), file), *labels, skin, is_test))
  images, category, subcategory, skin, test = zip(*rows, strict=True)
  out = dict(images=np.stack(images), category=np.array(category, np.int32),
             subcategory=np.array(subcategory, np.int32),
             skin=np.array(skin), test=np.array(test))
  return out | {f'{level}_names': np.array(names[level]) for level in LEVELS}


@contextlib.contextmanager
def _fetched(package: Package) -> Iterator[pathlib.Path]:
  """The package as npm fetches it, for as long as it is needed."""
  wanted = f'{package.npm}@{VERSION}'
  otherwise = (f'Get {wanted} elsewhere, and give it by --files '
               f'{package.npm}-{VERSION}.tgz')
  if shutil.which('npm') is None:
    raise errors.ConfigError(f'fetching {wanted} needs npm. {otherwise}')
  with tempfile.TemporaryDirectory() as folder:
    done = subprocess.run(
        ['npm', 'pack', wanted, '--silent', '--ignore-scripts'], cwd=folder,
        text=True, capture_output=True, check=False)
    found = list(pathlib.Path(folder).glob('*.tgz'))
    if done.returncode or not found:
      raise errors.ConfigError(
          f'npm could not fetch {wanted}: {done.stderr.strip()[-300:]}. '
          f'{otherwise}')
    yield found[0]


@contextlib.contextmanager
def _reader(source: pathlib.Path, package: Package
            ) -> Iterator[Callable[[str], bytes]]:
  """A function that reads files of a package, packed or unpacked."""
  source = source.expanduser()
  if source.is_dir():
    root = source if (source / 'emoji.json').is_file() else source / 'package'
    yield lambda name: _of(
        source, name, files.inside(root, name).read_bytes)
  elif source.is_file():
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != package.sha256:
      raise errors.ConfigError(
          f'{source} is not {package.npm} {VERSION}: its SHA-256 is {digest}, '
          f'not {package.sha256}')
    with tarfile.open(source) as tar:    # read in place, nothing is unpacked
      yield lambda name: _of(
          source, name, lambda: tar.extractfile(f'package/{name}').read())
  else:
    raise errors.ConfigError(f'there is no file or folder {source}')


def _of(source, name, read):
  try:
    return read()
  except (OSError, KeyError, AttributeError) as error:
    raise errors.ConfigError(f'{source} has no {name} in it') from error
