"""tfds sets, prepared and read without TensorFlow."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds

from gans_jax import data
from gans_jax.data import prepare
from gans_jax.errors import ConfigError
from tests.data.test_embedded import fashion

SCRIPT = pathlib.Path(__file__).parents[2] / 'launch' / 'prepare.py'


@pytest.fixture(scope='module')
def prepared(tmp_path_factory):
  """(data_dir, what is in it): a fashion_mnist of 30 + 15 pictures."""
  files, root = (tmp_path_factory.mktemp(name) for name in ('files', 'tfds'))
  made = fashion(files, pack=True)
  folder = prepare.prepare('fashion_mnist', str(root), str(files))
  assert folder.is_relative_to(root)
  return str(root), made


def as_set(x, y):
  """Pictures and labels as a set: tfds shuffles."""
  return sorted(zip(map(bytes, x.astype(np.uint8)), y.tolist(), strict=True))


def pixels(batch):
  return np.round((batch['x'][..., 0] + 1) * 127.5)


@pytest.mark.parametrize('split', ['train', 'test'])
def test_a_prepared_set_holds_what_went_in(prepared, split):
  root, made = prepared
  source = data.make('tfds', tfds_name='fashion_mnist', split=split,
                     data_dir=root)
  assert source.spec.shapes == {'x': (28, 28, 1), 'y': ()}
  assert source.spec.class_names[0] == 'T-shirt/top'
  batch = source.batch(np.arange(len(source)))
  assert as_set(pixels(batch), batch['y']) == as_set(*made[split])
  rows = np.array([7, 2, 7])
  for key, value in source.batch(rows).items():
    np.testing.assert_array_equal(value, batch[key][rows])
  assert 'tensorflow' not in sys.modules


def test_tfds_itself_reads_it(prepared):
  """It is a set like any other: tfds' own decoding gives our pictures."""
  root, _ = prepared
  theirs = tfds.data_source('fashion_mnist', data_dir=root, split='train')
  ours = data.make('tfds', tfds_name='fashion_mnist', data_dir=root)
  batch = ours.batch(np.arange(len(ours)))
  assert len(theirs) == len(ours) == 30
  for i in range(30):
    np.testing.assert_array_equal(theirs[i]['image'][..., 0],
                                  pixels(batch)[i])
    assert theirs[i]['label'] == batch['y'][i]


def test_sub_splits_and_names(prepared, monkeypatch):
  root, _ = prepared
  parts = [data.make('tfds', tfds_name='fashion_mnist', data_dir=root,
                     split=split) for split in ('train[:20%]', 'train[20%:]')]
  assert [len(p) for p in parts] == [6, 24]
  monkeypatch.setattr('gans_jax.data.embedded.FASHION_DEBIAN',
                      pathlib.Path('/nowhere'))
  assert len(data.make('fashion_mnist', data_dir=root)) == 30
  for split in ('tset', 'train[:0]', 'train[:2'):
    with pytest.raises(ConfigError, match='no split .*train, test'):
      data.make('tfds', tfds_name='fashion_mnist', data_dir=root, split=split)
  with pytest.raises(ConfigError, match="unknown image feature 'x'.*image"):
    data.make('tfds', tfds_name='fashion_mnist', data_dir=root, image='x')


def test_threads_read_what_one_reads(prepared):
  root, _ = prepared
  source, again = (data.make('tfds', tfds_name='fashion_mnist', data_dir=root,
                             size=32, flip=True, memory=memory)
                   for memory in (False, True))
  with data.Loader(source, 8, 0, threads=4, prefetch=4) as loader:
    for step, batch in loader.iterate(0, 12):
      for key, value in data.Loader(again, 8, 0).batch(step).items():
        np.testing.assert_array_equal(batch[key], value)


def test_preparing_again_changes_nothing(prepared):
  root, _ = prepared
  stamps = lambda: {p: p.stat().st_mtime_ns for p in
                    pathlib.Path(root).rglob('*') if p.is_file()}
  before = stamps()
  prepare.prepare('fashion_mnist', root, '/nowhere')
  assert stamps() == before


def test_mock_data():
  with tfds.testing.mock_data(num_examples=7):
    source = data.make('tfds', tfds_name='cifar10', one_hot=True)
    assert len(source) == 7 and source.spec.classes == 10
    batch = source.batch(np.arange(7))
    assert batch['x'].shape == (7, 32, 32, 3) and batch['y'].shape == (7, 10)
    theirs = tfds.data_source('cifar10', split='train')
    np.testing.assert_allclose(
        batch['x'][3], theirs[3]['image'] / 127.5 - 1, atol=1e-6)
    # Pictures of many shapes, several labels, and a feature too many.
    with pytest.raises(ConfigError, match='give size='):
      data.make('tfds', tfds_name='stanford_dogs').batch(np.arange(7))
    dogs = data.make('tfds', tfds_name='stanford_dogs', size=16, labels=True)
    assert dogs.batch(np.arange(7))['x'].shape == (7, 16, 16, 3)
    assert dogs.spec.classes == 120
    faces = data.make('tfds', tfds_name='celeb_a', window=108, size=16)
    assert faces.batch(np.arange(2))['x'].shape == (2, 16, 16, 3)
    with pytest.raises(ConfigError, match='has none'):
      data.make('tfds', tfds_name='celeb_a', labels=True)


def test_not_prepared(tmp_path):
  with pytest.raises(ConfigError) as error:
    data.make('tfds', tfds_name='cifar10', data_dir=str(tmp_path))
  assert (f'python launch/prepare.py cifar10 --data_dir={tmp_path}'
          in str(error.value))
  assert not list(tmp_path.iterdir())


def script(*arguments):
  return subprocess.run([sys.executable, str(SCRIPT), *arguments],
                        capture_output=True, text=True, timeout=120)


def test_script(tmp_path):
  files, root = tmp_path / 'files', tmp_path / 'tfds'
  files.mkdir()
  wrong = script('fashion_mnist', f'--files={files}', f'--data_dir={root}')
  assert wrong.returncode == 2 and not root.exists()
  lines = wrong.stderr.strip().splitlines()
  assert len(lines) == 1 and 'train-images-idx3-ubyte' in lines[0]
  fashion(files)
  done = script('fashion_mnist', f'--files={files}', f'--data_dir={root}')
  assert done.returncode == 0, done.stderr
  assert pathlib.Path(done.stdout.strip().splitlines()[-1]).is_relative_to(root)
  source = data.make('tfds', tfds_name='fashion_mnist', data_dir=str(root))
  assert len(source) == 30


@pytest.mark.parametrize('name,files,message', [
    ('cifr10', None, "Did you mean 'cifar10'"),
    ('mnist', '/nowhere', 'no folder /nowhere'),
    ('imagenet_resized/63x63', None, 'BuilderConfig'),
])
def test_bad_requests(tmp_path, name, files, message):
  with pytest.raises(ConfigError, match=message) as error:
    prepare.prepare(name, str(tmp_path), files)
  assert '\n' not in str(error.value)
  assert not list(tmp_path.iterdir())


def test_tensorflow_is_asked_for_only_where_it_is_needed(
    tmp_path, monkeypatch):
  monkeypatch.setattr(prepare, 'has_tensorflow', lambda: False)
  with pytest.raises(ConfigError, match=r"pip install 'gans_jax\[prepare\]'"):
    prepare.prepare('cifar10', str(tmp_path))
