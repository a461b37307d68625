"""Buckets: gs://BUCKET/PATH and s3://BUCKET/PATH, by gcsfs and s3fs.

An object is written whole or not at all; it can be neither appended to nor
renamed.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from gans_jax import errors, files

EXTRAS = {'gs': 'gcs', 's3': 's3'}      # scheme -> extra of setup.py
AT_ONCE = 500                           # objects


def is_url(path: files.PathLike) -> bool:
  """Whether `path` is none of this machine's."""
  return '://' in os.fspath(path)


def join(path: files.PathLike, *parts: str) -> str:
  """`path/part/...`, of a folder or a URL."""
  return os.path.join(os.fspath(path).rstrip('/') or '/', *parts)


class Store:
  """The objects below one URL.

  Args:
    url: gs:// or s3://, bucket and path.

  Raises:
    errors.ConfigError: another scheme, no bucket, or the package that reaches
      such buckets isn't installed.
  """

  def __init__(self, url: str):
    scheme, _, path = url.partition('://')
    path = path.strip('/')
    if scheme not in EXTRAS:
      raise errors.ConfigError(
          f'{url} can be neither read nor written: allowed are folders, '
          'gs://BUCKET/PATH and s3://BUCKET/PATH')
    if not path:
      raise errors.ConfigError(f'{url} names no bucket: {scheme}://BUCKET/PATH')
    self.scheme, self.path, self.url = scheme, path, f'{scheme}://{path}'
    try:
      import fsspec    # here: a run in a folder need not have it
      # Listings kept by one client don't show what another has written. Orbax's
      # client, made by epath, takes this from here.
      for name in ('s3', 'gs', 'gcs'):
        fsspec.config.conf.setdefault(name, {})['use_listings_cache'] = False
      self._fs = fsspec.filesystem(scheme)
    except ImportError as e:
      raise errors.ConfigError(
          f"{url} needs a package that is not installed: pip install -e "
          f"'.[{EXTRAS[scheme]}]'") from e
    except Exception as e:      # the clients look for credentials at once
      unreachable(self.url, e)

  def find(self, below: str = '') -> dict[str, Any]:
    """{name: stamp} of all objects, `below` a folder; stamps tell versions.

    Raises:
      errors.ConfigError: no such bucket, or it can't be read.
    """
    base = join(self.path, below) if below else self.path
    try:
      found = self._fs.find(base, detail=True)
    except Exception as e:
      unreachable(self.url, e)
    stamp = lambda info: str((info.get('size'), *(
        info.get(k) for k in ('ETag', 'etag', 'generation', 'mtime'))))
    return {name[len(self.path) + 1:]: stamp(info)
            for name, info in found.items()
            if name.startswith(self.path + '/') and not name.endswith('/')}

  def get(self, names: Sequence[str], folder: pathlib.Path) -> None:
    """Copies objects into a folder, under their names."""
    if not names:
      return
    targets = [files.inside(folder, name) for name in names]
    for target in targets:
      target.parent.mkdir(parents=True, exist_ok=True)
    self._fs.get([join(self.path, n) for n in names],
                 [str(target) for target in targets])

  def put(self, folder: pathlib.Path, names: Sequence[str]) -> None:
    """Copies files of a folder into the bucket, under their names."""
    if names:
      self._fs.put([str(folder / n) for n in names],
                   [join(self.path, n) for n in names])

  def move(self, folder: str, other: str) -> None:
    """Renames a folder: its objects are copied, then removed."""
    names = list(self.find(folder))
    for name in names:
      self._fs.cp_file(join(self.path, name),
                       join(self.path, other + name[len(folder):]))
    self.remove(names)

  def remove(self, names: Sequence[str]) -> None:
    """Removes objects; those that are gone already don't matter."""
    if names:
      with contextlib.suppress(FileNotFoundError):
        self._fs.rm([join(self.path, n) for n in names])


@contextlib.contextmanager
def at_hand(url: files.PathLike, below: str,
            error: Callable[[str], Exception]) -> Iterator[str]:
  """A folder that holds what `url` does, of `below`; for a folder itself.

  Objects that are missing are missing in the copy, too.

  Raises:
    error(text): the store does not answer: that says nothing of the objects.
  """
  if not is_url(url):
    yield os.fspath(url)
    return
  with scratch() as folder:
    try:
      store = Store(os.fspath(url))
      with contextlib.suppress(FileNotFoundError):    # removed meanwhile
        store.get(list(store.find(below)), folder)
    except Exception as e:
      raise error(f'{join(url, below)} cannot be read: {errors.line(e)}') from e
    yield str(folder)


@contextlib.contextmanager
def scratch() -> Iterator[pathlib.Path]:
  """A temporary folder. Those that killed processes left are removed first."""
  for lock in pathlib.Path(tempfile.gettempdir()).glob('gans_jax_*/lock'):
    # Of a live process it is locked; a new one may be about to lock it.
    with contextlib.suppress(OSError), open(lock) as held:
      if time.time() - os.fstat(held.fileno()).st_mtime > 60:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.parent, ignore_errors=True)
  with (tempfile.TemporaryDirectory(prefix='gans_jax_') as root,
        open(os.path.join(root, 'lock'), 'w') as held):
    fcntl.flock(held, fcntl.LOCK_EX)
    folder = pathlib.Path(root) / 'files'
    folder.mkdir()
    yield folder


def cached(url: files.PathLike, below: str = '') -> pathlib.Path:
  """A folder or file of data, copied once into the user's cache folder.

  What has changed in the bucket since is copied anew; what is gone, removed.

  Args:
    url: of a folder or a file; the path of a local one is returned as it is.
    below: the part of it that is copied.

  Returns:
    the path of the copy of `url`.

  Raises:
    errors.ConfigError: there is nothing, or it can't be read.
  """
  if not is_url(url):
    return pathlib.Path(url)
  from gans_jax import environment     # it imports JAX, status.py does not
  store = Store(os.fspath(url))
  cache = environment.cache_dir('remote', store.scheme)
  target = cache / store.path
  there = store.find(below)
  if not there and not below and '/' in store.path:    # perhaps a file
    parent, _, below = store.url.rpartition('/')
    store = Store(parent)
    there = {n: s for n, s in store.find(below).items() if n == below}
  if not there:
    raise errors.ConfigError(f'there is nothing at {join(url, below)}')
  index = cache / 'index' / (store.path.replace('/', '%') + '.json')
  had = json.loads(index.read_text()) if index.exists() else {}
  folder = cache / store.path
  new = [n for n, s in there.items()
         if had.get(n) != s or not (folder / n).exists()]
  folder.mkdir(parents=True, exist_ok=True)
  for i in range(0, len(new), AT_ONCE):
    with tempfile.TemporaryDirectory(prefix='.', dir=folder) as half:
      try:
        store.get(new[i:i + AT_ONCE], pathlib.Path(half))
      except Exception as e:
        unreachable(store.url, e)
      for n in new[i:i + AT_ONCE]:
        (folder / n).parent.mkdir(parents=True, exist_ok=True)
        os.replace(pathlib.Path(half) / n, folder / n)
  gone = [n for n in had if n not in there
          and (n + '/').startswith(below and below.rstrip('/') + '/')]
  for n in gone:
    (folder / n).unlink(missing_ok=True)
  files.write_atomic(index, json.dumps(
      {n: s for n, s in {**had, **there}.items() if n not in gone}))
  return target


def unreachable(url: str, error: Exception) -> NoReturn:
  """Raises a ConfigError of whatever a client raised."""
  if isinstance(error, errors.ConfigError):
    raise error
  raise errors.ConfigError(
      f'{url} cannot be reached: {errors.line(error)}. Does the bucket exist, '
      'and may the credentials of this machine list, read and write it?'
  ) from error
