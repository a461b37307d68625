"""Preparing with TensorFlow: in the environment of the extra [prepare]."""

import contextlib
import pathlib

import numpy as np
import pytest
import tensorflow_datasets as tfds

from gans_jax import data
from gans_jax.data import embedded, prepare
from gans_jax.errors import ConfigError

# Not imported here: tests/data/test_tfds.py sees to it that reading does not.
pytestmark = pytest.mark.skipif(
    not prepare.has_tensorflow(), reason='TensorFlow is not installed')


class Shapes(tfds.core.GeneratorBasedBuilder, skip_registration=True):
  """Coloured pictures of several sizes, encoded by TensorFlow."""

  VERSION = tfds.core.Version('1.0.0')
  name = 'shapes'

  def _info(self):
    features = tfds.features.FeaturesDict({
        'image': tfds.features.Image(shape=(None, None, 3)),
        'mask': tfds.features.Tensor(shape=(2,), dtype=np.float32),
        'label': tfds.features.ClassLabel(names=['a', 'b'])})
    return tfds.core.DatasetInfo(builder=self, features=features)

  def _split_generators(self, dl_manager):
    return {'train': self._generate_examples()}

  def _generate_examples(self):
    for i in range(8):
      yield i, {'image': self.picture(i), 'mask': np.ones(2, np.float32),
                'label': i % 2}

  @staticmethod
  def picture(i):
    return np.full((8 + i, 12, 3), (i, 2 * i, 3 * i), np.uint8)


@contextlib.contextmanager
def found(builder):
  """tfds knows our builder by its name."""
  original = tfds.builder
  tfds.builder = lambda name, **options: (
      builder(**options) if name == builder.name else original(name, **options))
  try:
    yield
  finally:
    tfds.builder = original


def test_what_tensorflow_wrote_is_read(tmp_path):
  with found(Shapes):
    folder = prepare.prepare('shapes', str(tmp_path))
    assert any('array_record' in p.name for p in folder.iterdir())
    source = data.make('tfds', tfds_name='shapes', data_dir=str(tmp_path),
                       size=8, range=(0, 255))
  assert len(source) == 8 and source.spec.class_names == ('a', 'b')
  batch = source.batch(np.arange(8))
  order = batch['x'][:, 0, 0, 0].round().astype(int)
  np.testing.assert_array_equal(np.sort(order), np.arange(8))
  np.testing.assert_array_equal(batch['y'], order % 2)
  np.testing.assert_allclose(
      batch['x'][:, 3, 3], order[:, None] * [1, 2, 3], atol=1e-4)


def test_tfrecords_are_left_alone(tmp_path):
  with found(Shapes):
    Shapes(data_dir=tmp_path).download_and_prepare()
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
    with pytest.raises(ConfigError, match='launch/prepare.py shapes'):
      data.make('tfds', tfds_name='shapes', data_dir=str(tmp_path), size=8)
    with pytest.raises(ConfigError, match='another --data_dir'):
      prepare.prepare('shapes', str(tmp_path))
  assert any('tfrecord' in p.name for p in before)
  assert before == {
      p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}


@pytest.mark.skipif(not embedded.FASHION_DEBIAN.is_dir(),
                    reason='dataset-fashion-mnist is not installed')
def test_real_fashion_mnist(tmp_path):
  prepare.prepare('fashion_mnist', str(tmp_path))
  for split, size in (('train', 60_000), ('test', 10_000)):
    ours = data.make('tfds', tfds_name='fashion_mnist', split=split,
                     data_dir=str(tmp_path))
    files = data.make('fashion_mnist', split=split,
                      path=str(embedded.FASHION_DEBIAN))
    assert len(ours) == len(files) == size
    sums = [np.sort(s.batch(np.arange(size))['x'].sum((1, 2, 3)))
            for s in (ours, files)]
    np.testing.assert_array_equal(*sums)
  assert not list(pathlib.Path(tmp_path).rglob('*incomplete*'))
