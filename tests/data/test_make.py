"""The front door: names, options, errors; and sources over arrays."""

import numpy as np
import pytest

from gans_jax import data
from gans_jax.errors import ConfigError


@pytest.mark.parametrize('name,options,parts', [
    ('rng8', {}, ["'rng8'", "'ring8'", 'mnist5k', 'folder']),
    ('digits', dict(sise=9), ["'digits'", "'sise'", "'size'", 'one_hot']),
    ('ring8', dict(size=9), ["'ring8'", 'labels, n, seed, split']),
    ('folder', {}, ["needs 'path'", 'skip_bad']),
    ('tfds', dict(split='test'), ["needs 'tfds_name'"]),
    ('tfds', dict(tfds_name='cifr10'), ["'cifr10'", "'cifar10'"]),
])
def test_mistakes_show_what_is_allowed(name, options, parts):
  with pytest.raises(ConfigError) as error:
    data.make(name, **options)
  for part in parts:
    assert part in str(error.value)


def test_options_reach_both_the_set_and_the_pictures(tmp_path):
  rng = np.random.default_rng(0)
  from PIL import Image
  for i in range(8):
    Image.fromarray(rng.integers(0, 256, (9, 12), dtype=np.uint8)).save(
        tmp_path / f'{i}.png')
  source = data.make(
      'folder', path=str(tmp_path), split='test', holdout=.25, size=[6, 5],
      channels=3, range=[0, 1], flip=True)
  assert len(source) == 2 and source.spec.split == 'test'
  assert source.spec.shapes == {'x': (6, 5, 3)}
  assert source.spec.range == (0., 1.)
  x = source.batch(np.arange(2))['x']
  assert x.shape == (2, 6, 5, 3) and 0 <= x.min() and x.max() <= 1


def test_zeros_have_the_shapes_of_a_batch():
  for source in (data.make('digits', one_hot=True), data.make('gauss1', n=9)):
    zeros, batch = source.spec.zeros(3), source.batch(np.arange(3))
    assert zeros.keys() == batch.keys()
    for key in batch:
      assert zeros[key].shape == batch[key].shape
      assert zeros[key].dtype == batch[key].dtype
      assert not zeros[key].any()


def test_arrays():
  x = np.linspace(-3, 5, 12).reshape(6, 2)
  source = data.arrays(x, [0, 1, 2, 0, 1, 2], centres=[(0, 1)], std=2)
  spec = source.spec
  assert (spec.size, spec.classes, spec.range) == (6, 3, (-3., 5.))
  assert spec.dtypes == {'x': 'float32', 'y': 'int32'}
  assert spec.centres == ((0., 1.),) and spec.std == 2.
  batch = source.batch(np.array([5, 5, 0]))
  np.testing.assert_array_equal(batch['x'], x[[5, 5, 0]].astype(np.float32))
  np.testing.assert_array_equal(batch['y'], [2, 2, 0])
  with pytest.raises(ConfigError, match='6 examples and 2 labels'):
    data.arrays(x, [0, 1])
  with pytest.raises(ConfigError, match='no examples'):
    data.arrays(x[:0])


def test_pictures_keep_what_they_resized():
  """Beyond its first reading a picture comes from memory, unchanged."""
  rng = np.random.default_rng(0)
  raw = data.raw(rng.integers(0, 256, (9, 16, 16, 3), dtype=np.uint8),
                 np.arange(9) % 4)
  kept, fresh = (data.pictures(raw, size=8, channels=1, flip=True,
                               memory=memory) for memory in (True, False))
  for indices in ([0, 1, 1], [1, 8, 0, 4], [4, 4]):
    indices = np.array(indices)
    keys = indices.astype(np.uint64)
    for key, value in kept.batch(indices, keys).items():
      np.testing.assert_array_equal(value, fresh.batch(indices, keys)[key])


def test_unlabelled_examples():
  raw = data.raw(np.zeros((3, 2, 2), np.uint8), np.array([0, 1, -1]))
  with pytest.raises(ConfigError, match='without a label'):
    data.pictures(raw).batch(np.arange(3))
  assert data.pictures(raw, labels=False).batch(np.arange(3))['x'].any()
  with pytest.raises(ConfigError, match='one_hot=True with labels=False'):
    data.pictures(raw, labels=False, one_hot=True)
