"""Features of real pictures: found once, checked when they are read."""

import numpy as np
import pytest
import tiny

from gans_jax import data, errors
from gans_jax.eval import cache, pictures
from gans_jax.eval.features import extractor
from gans_jax.eval.reference import Reference


@pytest.fixture
def view(tmp_path, monkeypatch):
  tiny.install(monkeypatch, tmp_path)
  yield extractor.make('tiny', 'clean').view('pool')
  extractor.make.cache_clear()


def test_found_once_and_kept(view, monkeypatch):
  source = data.make('digits')
  first = Reference(source).features(view, 100)
  assert first.shape == (100, 12)
  monkeypatch.setattr(extractor.Extractor, '__call__', None)
  np.testing.assert_array_equal(Reference(source).features(view, 100), first)
  moments = Reference(source).moments(view, 100)
  np.testing.assert_allclose(moments.mean, first.mean(0, dtype=np.float64))
  with pytest.raises(TypeError):    # others are not there
    Reference(source).features(view, 99)


def test_statistics_of_another_extractor_are_refused(view, tmp_path):
  real = Reference(data.make('digits'))
  real.features(view, 50)
  path, = (tmp_path / 'reference').rglob('*.npz')
  arrays, meta = cache.load(path)
  meta.pop('sha256')
  cache.save(path, arrays, {**meta, 'weights_sha256': '0' * 64})
  with pytest.raises(errors.ConfigError, match='another extractor.*weights_sh'):
    Reference(data.make('digits')).features(view, 50)


def test_a_fingerprint_is_of_the_pictures(tmp_path):
  source = data.make('digits')
  mark = Reference(source).fingerprint()
  assert mark == Reference(data.make('digits', range=(0., 1.))).fingerprint()
  assert mark != Reference(data.make('digits', split='test')).fingerprint()
  x = source.batch(np.arange(1297))['x']
  same = data.arrays(x, name='copy', range=(-1., 1.))
  assert Reference(same).fingerprint() == mark
  other = data.arrays(x[::-1], name='copy', range=(-1., 1.))
  assert Reference(other).fingerprint() != mark


def test_files_have_their_sizes_in_it(tmp_path):
  from PIL import Image
  rng = np.random.default_rng(0)
  for i in range(3):
    Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(
        tmp_path / f'{i}.png')
  folder = pictures.open_source(str(tmp_path))
  mark = Reference(folder).fingerprint()
  folder.sizes = folder.sizes + 1
  assert Reference(folder).fingerprint() != mark
