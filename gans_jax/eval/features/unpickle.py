"""Tensors of a PyTorch file, without PyTorch, and without running its pickle.

A pickle is a program. Here it may build dicts, lists, numbers, strings and
records of tensors, and nothing else; the tensors' bytes are then read by numpy.
Both formats are read: zip (since PyTorch 1.6) and the older stream of pickles.
"""

import collections
import io
import math
import os
import pickle
import zipfile
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

from gans_jax import errors

DTYPES = {
    'DoubleStorage': np.float64, 'FloatStorage': np.float32,
    'HalfStorage': np.float16, 'BFloat16Storage': ml_dtypes.bfloat16,
    'LongStorage': np.int64, 'IntStorage': np.int32, 'ShortStorage': np.int16,
    'CharStorage': np.int8, 'ByteStorage': np.uint8, 'BoolStorage': np.bool_,
}
MAGIC = 0x1950a86a20f9469cfc6c


class _Storage(NamedTuple):
  key: str
  dtype: Any
  size: int    # in elements


class _Tensor(NamedTuple):
  storage: _Storage
  offset: int
  shape: tuple[int, ...]
  strides: tuple[int, ...]


class _StorageType(NamedTuple):
  dtype: Any


class _Rebuild:
  """Not a function: a pickle could set attributes of one."""

  __slots__ = ()

  def __call__(self, storage, offset, shape, strides, *_):
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


class _Parameter:
  __slots__ = ()

  def __call__(self, data, *_):
    return data


ALLOWED = {
    ('collections', 'OrderedDict'): collections.OrderedDict,
    ('torch._utils', '_rebuild_tensor_v2'): _Rebuild(),
    ('torch._utils', '_rebuild_tensor'): _Rebuild(),
    ('torch._utils', '_rebuild_parameter'): _Parameter(),
    ('torch', 'Size'): tuple,
    ('builtins', 'int'): int, ('builtins', 'float'): float,
    ('builtins', 'str'): str, ('builtins', 'bool'): bool,
}


class _Restricted(pickle.Unpickler):
  """Admits what is ALLOWED, and storages."""

  def find_class(self, module, name):
    if module == 'torch' and name in DTYPES:
      return _StorageType(DTYPES[name])
    if (module, name) not in ALLOWED:
      raise errors.ConfigError(
          f'it asks for {module}.{name}, which is neither a tensor nor a plain '
          'container: only state dicts are read')
    return ALLOWED[module, name]

  def persistent_load(self, pid):
    kind, type_, key, _, size = pid[:5]
    if kind != 'storage' or not isinstance(type_, _StorageType):
      raise errors.ConfigError(f'it refers to a {kind!r}')
    if len(pid) > 5 and pid[5] is not None:
      raise errors.ConfigError('its storages are views of others')
    return _Storage(str(key), np.dtype(type_.dtype), int(size))


def read_torch(path: str | os.PathLike) -> dict[str, np.ndarray]:
  """The tensors of a state dict, by name.

  Args:
    path: a .pth or .pt file. A dict that holds one dict of tensors (with
      'epoch' or the like beside it) counts as that.

  Returns:
    Arrays that own their memory; bfloat16 as ml_dtypes has it.

  Raises:
    ConfigError: no such file, a damaged one, or one that holds anything but
      tensors and plain containers. No code of it was run.
  """
  try:
    if zipfile.is_zipfile(path):
      return _read_zip(path)
    with open(path, 'rb') as file:
      return _read_stream(file, os.path.getsize(path))
  except errors.ConfigError as error:
    raise errors.ConfigError(f'cannot read {path}: {error}') from error
  except FileNotFoundError as error:
    raise errors.ConfigError(f'there is no file {path}') from error
  except Exception as error:  # a damaged pickle fails in any way it likes
    raise errors.ConfigError(
        f'cannot read {path}: {type(error).__name__}: {error}; it is no file '
        'of PyTorch, or a truncated one') from error


def _read_zip(path) -> dict[str, np.ndarray]:
  with zipfile.ZipFile(path) as file:
    names = [n for n in file.namelist() if n.endswith('/data.pkl')]
    if len(names) != 1:
      raise errors.ConfigError(
          'it is a zip without one data.pkl (a TorchScript archive, perhaps: '
          'save its state_dict instead)')
    root = names[0][:-len('data.pkl')]
    if root + 'constants.pkl' in file.namelist():
      raise errors.ConfigError('it is a TorchScript archive: load it with '
                               'torch.jit.load and save its state_dict()')
    if any(i.compress_type != zipfile.ZIP_STORED for i in file.infolist()):
      # What is compressed could become any size.
      raise errors.ConfigError('it is a compressed zip; PyTorch writes none')
    order = root + 'byteorder'
    if order in file.namelist() and file.read(order) != b'little':
      raise errors.ConfigError('it is big-endian')
    tree = _Restricted(io.BytesIO(file.read(names[0]))).load()

    def data(storage):
      info = file.getinfo(f'{root}data/{storage.key}')
      need = storage.size * storage.dtype.itemsize
      if info.file_size != need:
        raise errors.ConfigError(
            f'storage {storage.key} has {info.file_size} bytes, not {need}')
      return file.read(info)
    return _resolve(tree, data)


def _read_stream(file, size) -> dict[str, np.ndarray]:
  if _Restricted(file).load() != MAGIC:
    raise errors.ConfigError('its magic number is wrong')
  _Restricted(file).load()               # version of the format
  little = _Restricted(file).load()
  if not little.get('little_endian', True):
    raise errors.ConfigError('it is big-endian')
  tree = _Restricted(file).load()
  keys = _Restricted(file).load()
  storages = {s.key: s for s in _storages(tree)}
  found = {}
  for key in map(str, keys):
    count = int(np.frombuffer(file.read(8), '<i8')[0])
    if key not in storages:
      raise errors.ConfigError(f'storage {key} belongs to no tensor')
    need = storages[key].dtype.itemsize * count
    if count != storages[key].size or need > size:
      raise errors.ConfigError(f'storage {key} has {count} elements, not '
                               f'{storages[key].size}')
    found[key] = file.read(need)
    if len(found[key]) < need:
      raise errors.ConfigError('it is truncated')
  return _resolve(tree, lambda storage: found[storage.key])


def _storages(tree):
  if isinstance(tree, _Tensor):
    yield tree.storage
  elif isinstance(tree, dict):
    for value in tree.values():
      yield from _storages(value)
  elif isinstance(tree, (list, tuple)):
    for value in tree:
      yield from _storages(value)


def _resolve(tree, data) -> dict[str, np.ndarray]:
  """Arrays of the records in a state dict."""
  if not isinstance(tree, dict):
    raise errors.ConfigError(f'it holds a {type(tree).__name__}, no dict')
  if not any(isinstance(v, _Tensor) for v in tree.values()):
    inner = [v for v in tree.values() if isinstance(v, dict) and any(
        isinstance(x, _Tensor) for x in v.values())]
    if len(inner) != 1:
      raise errors.ConfigError(
          f'it holds {len(inner)} dicts of tensors; one is needed')
    tree = inner[0]
  cache, out = {}, {}
  for name, record in tree.items():
    if not isinstance(record, _Tensor):
      continue
    storage = record.storage    # one key may come with two types
    if storage not in cache:
      cache[storage] = np.frombuffer(data(storage), storage.dtype)
    flat = cache[storage]
    reach = record.offset + sum(
        (n - 1) * s for n, s in zip(record.shape, record.strides, strict=True)
        ) + 1 if all(record.shape) else record.offset
    if min(record.offset, *record.shape, *record.strides, 0) < 0 or (
        reach > len(flat) or math.prod(record.shape) > len(flat)):
      raise errors.ConfigError(f'tensor {name!r} reaches beyond its storage')
    out[str(name)] = np.lib.stride_tricks.as_strided(
        flat[record.offset:], record.shape,
        [s * storage.dtype.itemsize for s in record.strides]).copy()
  return out
