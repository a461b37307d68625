"""Clusters on planes of their own, and modes that lie anywhere."""

import numpy as np
import pytest

from gans_jax import data
from gans_jax.errors import ConfigError


def everything(source):
  return source.batch(np.arange(len(source)))['x']


def test_clusters_are_planes_and_columns_are_standard():
  x = everything(data.make('clusters100', n=2000)).astype(np.float64)
  assert x.shape == (2000, 100)
  whole = everything(data.make('clusters100'))
  np.testing.assert_allclose(whole.mean(0), 0, atol=1e-4)
  np.testing.assert_allclose(whole.std(0), 1, rtol=1e-4)
  for c in x.reshape(10, 200, 100):
    spread = np.linalg.svd(c - c.mean(0), compute_uv=False)
    assert spread[1] > 1e3 * spread[2], 'a cluster spans two dimensions'
  spread = np.linalg.svd(x - x.mean(0), compute_uv=False)
  assert spread[19] > 1e3 * spread[20], 'all of them twenty'


def test_splits_are_other_draws_of_the_same_clusters():
  train, test = (everything(data.make('clusters100', split=s, n=1000)).reshape(
      10, 100, 100) for s in ('train', 'test'))
  assert (train != test).any(-1).all()
  gap = np.abs(train.mean(1) - test.mean(1)).mean()
  assert gap < .1 * np.abs(train.mean(1)).mean()
  other = everything(data.make('clusters100', n=1000, seed=1))
  assert np.abs(other.reshape(10, 100, 100).mean(1) - train.mean(1)).mean() > .3


@pytest.mark.parametrize('modes, variance', [(3, 15 / 8), (10, .05)])
def test_scattered_modes_have_the_variance_of_the_code(modes, variance):
  source = data.make('scattered', modes=modes, labels=True, n=20_000)
  spec = source.spec
  centres = np.array(spec.centres)
  assert centres.shape == (modes, 2) and np.abs(centres).max() <= 15
  np.testing.assert_allclose(spec.std ** 2, variance)
  batch = source.batch(np.arange(20_000))
  offset = (batch['x'] - centres[batch['y']]) / spec.std
  np.testing.assert_allclose(offset.std(0), 1., atol=.03)
  elsewhere = data.make('scattered', modes=modes, place=1).spec.centres
  assert np.abs(np.array(elsewhere) - centres).max() > 1
  again = data.make('scattered', modes=modes, seed=5).spec.centres
  np.testing.assert_array_equal(again, spec.centres)


@pytest.mark.parametrize('options, message', [
    (dict(name='clusters100', n=15), 'multiple of the 10 clusters'),
    (dict(name='clusters100', split='tset'), "Did you mean 'test'"),
    (dict(name='scattered', modes=0), 'modes=0')])
def test_mistakes(options, message):
  with pytest.raises(ConfigError, match=message):
    data.make(**options)
