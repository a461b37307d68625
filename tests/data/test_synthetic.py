"""Mixtures: where the modes are, how wide, how often."""

import itertools
import math

import numpy as np
import pytest

from gans_jax import data
from gans_jax.errors import ConfigError

RING = [(math.cos(2 * math.pi * i / 8), math.sin(2 * math.pi * i / 8))
        for i in range(8)]
GRID = list(itertools.product((-4, -2, 0, 2, 4), repeat=2))
# name: (centres, std), from the papers' protocols and ours.
PROTOCOLS = {
    'ring3': ([(2 * math.cos(2 * math.pi * i / 3),
                2 * math.sin(2 * math.pi * i / 3)) for i in range(3)], .1),
    'ring8': ([(2 * a, 2 * b) for a, b in RING], .1),
    'ring8_p': (RING, .01),
    'grid25': (GRID, .1),
    'grid25_p': (GRID, .05),
    'gauss1': ([(0,)], 1.),
}


def everything(source):
  return source.batch(np.arange(len(source)))


@pytest.mark.parametrize('name', PROTOCOLS)
def test_protocol(name):
  centres, std = PROTOCOLS[name]
  source = data.make(name, labels=True)
  spec = source.spec
  np.testing.assert_allclose(spec.centres, centres, atol=1e-12)
  assert spec.std == std and spec.classes == len(centres)
  assert spec.size == len(source) == 100_000
  batch = everything(source)
  x, y = batch['x'], batch['y']
  assert x.dtype == np.float32 and y.dtype == np.int32
  assert x.shape[1:] == spec.shapes['x'] == (len(centres[0]),)

  counts = np.bincount(y, minlength=len(centres))
  expected = len(y) / len(centres)
  chi2 = np.sum((counts - expected) ** 2 / expected)
  df = len(centres) - 1
  assert chi2 <= df + 4 * math.sqrt(2 * df)
  offset = (x - np.array(centres)[y]) / std
  for k in range(len(centres)):
    one = offset[y == k]
    assert np.abs(one.mean(0)).max() < 4.5 / math.sqrt(len(one))
    assert np.abs(one.std(0) - 1).max() < 4.5 / math.sqrt(2 * len(one))
    cross = one.T @ one / len(one) - np.diag((one ** 2).mean(0))
    assert np.abs(cross).max() < 4.5 / math.sqrt(len(one))
  assert (np.abs(x) <= spec.range[1]).mean() > .9999


def test_draws_follow_seed_and_split():
  draw = lambda **options: everything(data.make('ring8', n=50, **options))['x']
  first = draw()
  np.testing.assert_array_equal(first, draw())
  for options in (dict(seed=1), dict(split='test')):
    assert not np.isin(first, draw(**options)).any()


def test_labels_only_when_asked():
  spec = data.make('grid25', n=10).spec
  assert list(spec.shapes) == ['x'] and spec.classes == 0


@pytest.mark.parametrize('options,message', [
    (dict(n=0), 'n=0'),
    (dict(seed=-1), 'seed=-1'),
    (dict(split='tset'), "Did you mean 'test'"),
])
def test_bad_arguments(options, message):
  with pytest.raises(ConfigError, match=message):
    data.make('ring8', **options)


def test_two_unequal_gaussians():
  """Mean -.34 and variance .67 .36 + .33 .25 + .67 .33 4 = 1.2081."""
  x = everything(data.make('mixture1'))['x']
  assert x.shape == (100_000, 1)
  np.testing.assert_allclose(x.mean(), -.34, atol=.015)
  np.testing.assert_allclose(x.var(), 1.2081, atol=.02)
  right = x > .5
  np.testing.assert_allclose(right.mean(), .67 * .00621 + .33 * .84134,
                             atol=.006)


def test_bits_are_one_distribution():
  source = data.make('bits2x2')
  x = everything(source)['x']
  assert x.shape[1:] == source.spec.shapes['x'] == (2, 2, 1)
  assert source.spec.range == (0., 1.) and set(np.unique(x)) == {0., 1.}
  shares = lambda x: np.bincount(
      (x.reshape(-1, 4) @ [1, 2, 4, 8]).astype(int), minlength=16) / len(x)
  w = np.random.default_rng(0).random(16)
  np.testing.assert_allclose(shares(x), w / w.sum(), atol=.005)
  other = everything(data.make('bits2x2', split='test', seed=5))['x']
  assert (other != x).any()
  np.testing.assert_allclose(shares(other), w / w.sum(), atol=.005)
