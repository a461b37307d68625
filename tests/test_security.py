"""No code is run from data, and what is read from others is bounded.

Beside what they test are: restricted pickles in tests/eval/test_unpickle.py,
checksums of downloads in tests/eval/test_weights.py, tests/data/test_emoji.py,
what the report shows in tests/test_report.py.
"""

import ast
import gzip
import json
import pathlib
import struct
import zlib

import numpy as np
import pytest

from gans_jax import buckets, errors, experiment, files
from gans_jax.data import dna, embedded, emoji
from gans_jax.data.decode import decode
from gans_jax.eval import pictures
from tests.test_train import tiny

ROOT = pathlib.Path(__file__).parents[1]
FILES = [p for folder in ('gans_jax', 'launch', 'configs')
         for p in sorted((ROOT / folder).rglob('*.py'))]
# Calls that run what they are given, or write where an archive says.
FORBIDDEN = {
    'eval', 'exec', 'compile', '__import__', 'os.system', 'os.popen',
    'pickle.load', 'pickle.loads', 'marshal.load', 'marshal.loads',
    'shelve.open', 'joblib.load', 'torch.load', 'yaml.load', 'dill.load',
    'cloudpickle.load', 'cloudpickle.loads'}
UNPACKS = {'extractall', 'extract', 'unpack_archive'}
# The one place that asks the web, for launch/prepare.py, by checksum.
WEB = {'gans_jax/eval/features/weights.py'}


def calls(path):
  for node in ast.walk(ast.parse(path.read_text())):
    if isinstance(node, ast.Call):
      yield ast.unparse(node.func), node


def test_no_call_runs_data():
  found = []
  for path in FILES:
    where = path.relative_to(ROOT).as_posix()
    for name, node in calls(path):
      keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
      last = name.split('.')[-1]
      if (name in FORBIDDEN or keywords.get('shell') == 'True'
          or '.' in name and last in UNPACKS
          or keywords.get('allow_pickle') == 'True'
          or name in ('np.load', 'numpy.load', 'onp.load')
          and keywords.get('allow_pickle') != 'False'
          or last in ('urlopen', 'urlretrieve') and where not in WEB):
        found.append(f'{where}:{node.lineno} {name}')
  assert not found
  assert len(FILES) > 100


@pytest.mark.parametrize('text', [
    'pickle.loads(x)', 'np.load(p)', 'np.load(p, allow_pickle=True)',
    'tar.extractall()', 'subprocess.run(x, shell=True)', 'eval(x)',
    'urllib.request.urlopen(x)', 'urlretrieve(x)'])
def test_what_would_be_found(tmp_path, monkeypatch, text):
  path = tmp_path / 'gans_jax' / 'bad.py'
  path.parent.mkdir()
  path.write_text(text)
  monkeypatch.setitem(globals(), 'ROOT', tmp_path)
  monkeypatch.setitem(globals(), 'FILES', [path])
  with pytest.raises(AssertionError, match='bad.py:1'):
    test_no_call_runs_data()


def png(width, height):
  """A few hundred bytes that say they are a picture of this size."""
  chunk = lambda kind, data: (
      struct.pack('>I', len(data)) + kind + data
      + struct.pack('>I', zlib.crc32(kind + data)))
  return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack(
      '>IIBBBBB', width, height, 8, 2, 0, 0, 0))
      + chunk(b'IDAT', zlib.compress(b'\0' * 1000)) + chunk(b'IEND', b''))


def test_a_picture_that_would_fill_memory_is_refused():
  with pytest.raises(errors.ConfigError, match='bomb.*exceeds limit'):
    decode(png(60_000, 60_000), 'bomb.png')


@pytest.mark.parametrize('read', [decode, lambda x: pictures._read(x)])
def test_a_picture_of_more_pixels_than_any_is_refused(tmp_path, read):
  """Below PIL's own bound, which is an error from twice this size on."""
  (tmp_path / 'bomb.png').write_bytes(png(9000, 9000))
  with pytest.raises(errors.ConfigError, match='bomb.png.*9000 x 9000 pixels'):
    read(tmp_path / 'bomb.png')


def test_a_packed_file_is_read_as_far_as_it_says(tmp_path):
  head = lambda *sizes: b'\0\0\x08' + struct.pack(
      f'>B{len(sizes)}I', len(sizes), *sizes)
  path = tmp_path / 'x-idx1-ubyte'
  for content, match in ((head(4) + bytes(2 ** 24), 'cannot read'),
                         (head(2 ** 31, 4), 'claims 8,589,934,592 bytes')):
    path.with_name(path.name + '.gz').write_bytes(gzip.compress(content))
    with pytest.raises(errors.ConfigError, match=match):
      embedded.read_idx(path)


def test_sequences_are_read_up_to_a_bound(tmp_path, monkeypatch):
  monkeypatch.setattr(dna, 'MOST_LETTERS', 100)
  path = tmp_path / 'x.txt.gz'
  path.write_bytes(gzip.compress(b'ACGT\n' * 20))
  assert len(dna.read(path, dna.DNA)[0]) == 20
  whole = gzip.compress(bytes(range(65, 91)) * 3)
  for damaged in (whole[:-9], whole[:20] + b'\xff' * 9 + whole[29:]):
    path.write_bytes(damaged)
    with pytest.raises(errors.ConfigError, match='cannot read'):
      dna.read(path, dna.DNA)
  path.write_bytes(gzip.compress(b'A' * 2 ** 20))
  with pytest.raises(errors.ConfigError, match='more than 100 letters'):
    dna.read(path, dna.DNA)


@pytest.mark.parametrize('name', [
    '../x', 'a/../../x', '/etc/passwd', '..', '', 'a\\..\\..\\x', 'a\0b'])
def test_names_that_lead_out_of_a_folder(tmp_path, name):
  with pytest.raises(errors.ConfigError, match='leads out of it'):
    files.inside(tmp_path, name)


def test_names_within_a_folder(tmp_path):
  for name in ('a', 'a/b.png', './a', 'a..b', '...'):
    assert files.inside(tmp_path, name).is_relative_to(tmp_path)


def test_a_package_that_names_files_outside_of_it(tmp_path):
  """An unpacked one, whose digest is not known."""
  folder = tmp_path / 'package'
  folder.mkdir()
  (tmp_path / 'secret').write_bytes(png(2, 2))
  (folder / 'emoji.json').write_text(json.dumps([dict(
      unified='1', category='a', subcategory='b',
      image='../../../../secret')]))
  with pytest.raises(errors.ConfigError, match='leads out of it'):
    emoji.prepare('emoji', str(folder))


def test_a_bucket_that_names_objects_outside_of_it(tmp_path):
  class Objects:
    def get(self, names, targets):
      raise AssertionError('nothing may be fetched')
  store = object.__new__(buckets.Store)
  store.path, store._fs = 'b/run', Objects()
  with pytest.raises(errors.ConfigError, match='leads out of it'):
    store.get(['a', '../../x'], tmp_path / 'to')
  assert not (tmp_path / 'to').exists()


def test_arrays_of_objects_are_not_read(tmp_path):
  class Evil:
    def __reduce__(self):
      return (pathlib.Path.touch, (tmp_path / 'ran',))
  np.savez(tmp_path / 'x.npz', x=np.array([Evil()], object))
  with pytest.raises(errors.ConfigError):
    pictures.open_source(str(tmp_path / 'x.npz'))
  assert not (tmp_path / 'ran').exists()


@pytest.mark.parametrize('name', [
    '../evil', 'os', 'gan; import os', '__init__', 'gan.__builtins__'])
def test_a_config_names_systems_of_the_folder_alone(tmp_path, name):
  c = tiny('gan_ring').to_dict()
  c['system'] = name
  (tmp_path / 'config.json').write_text(json.dumps(c))
  with pytest.raises(errors.ConfigError, match='unknown system'):
    experiment.open_run(tmp_path)
