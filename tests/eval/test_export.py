"""Samples as files."""

import jax
import numpy as np
import pytest
from PIL import Image

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.eval import export


def spec(*shape):
  return Spec('s', 'train', 4, {'x': shape}, {'x': 'float32'})


def test_numbers():
  assert export.numbers('seeds', '0-2,42, 7') == [0, 1, 2, 42, 7]
  assert export.numbers('seeds', None) is None
  for text in ('a', '1-', '-1', '1..3', ''):
    with pytest.raises(errors.ConfigError, match='--seeds'):
      export.numbers('seeds', text)


X = np.linspace(-1, 1, 3 * 16, dtype=np.float32).reshape(3, 4, 4, 1)


def test_a_folder_has_a_picture_for_each(tmp_path):
  paths = export.write(tmp_path / 'p', {'x': X}, spec(4, 4, 1), [5, 6, 42])
  assert [p.name for p in paths] == ['000005.png', '000006.png', '000042.png']
  got = np.asarray(Image.open(paths[2]).convert('L'))
  np.testing.assert_array_equal(
      got, np.round((X[2, ..., 0] + 1) * 127.5).astype(np.uint8))


def test_arrays_are_kept_as_they_are(tmp_path):
  (path,) = export.write(
      tmp_path / 'a.npz', {'x': X, 'y': np.arange(3)}, spec(4, 4, 1))
  with np.load(path) as loaded:
    np.testing.assert_array_equal(loaded['x'], X)
    np.testing.assert_array_equal(loaded['y'], np.arange(3))


def test_grids_and_scatter_plots(tmp_path):
  for x, shape in ((X, (4, 4, 1)), (X.reshape(-1, 2), (2,))):
    (path,) = export.write(tmp_path / 'g.png', {'x': x}, spec(*shape))
    assert min(Image.open(path).size) >= 8


def test_what_cannot_be_written(tmp_path):
  with pytest.raises(errors.ConfigError, match='ends neither'):
    export.write(tmp_path / 'x.jpg', {'x': X}, spec(4, 4, 1))
  with pytest.raises(errors.ConfigError, match='npz'):
    export.write(tmp_path / 'folder', {'x': X.reshape(-1, 2)}, spec(2))


def test_a_seed_gives_the_same_sample_in_any_company():
  import importlib
  from gans_jax import experiment, sharding
  c = importlib.import_module('configs.cgan_ring').get_config('tiny')
  exp = experiment.build(c)
  state = jax.jit(exp.init)()
  draw = lambda seeds, labels=None: export.draw(
      exp, state, 0, sharding.make_mesh(), n=9, seeds=seeds, labels=labels)
  many, one = draw([3, 4, 5], [1]), draw([4], [1])
  np.testing.assert_array_equal(many['x'][1], one['x'][0])
  assert np.abs(many['x'][0] - many['x'][1]).max() > 0
  assert draw([1, 2], [7, 3])['y'].tolist() == [7, 3]
