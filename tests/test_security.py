"""No code is run from data, and what is read from others is bounded.

Beside what they test are: restricted pickles in tests/eval/test_unpickle.py,
checksums of downloads in tests/eval/test_weights.py, tests/data/test_emoji.py,
what the report shows in tests/test_report.py.
"""

import ast
import json
import pathlib
import struct
import zlib

import numpy as np
import pytest

from gans_jax import errors, experiment
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
    'tar.extractall()', 'subprocess.run(x, shell=True)', 'eval(x)'])
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
