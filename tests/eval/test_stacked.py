import json
import math

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import evaluators
from gans_jax.eval.measures import modes


def test_what_is_stacked_are_the_digits_of_the_label():
  source, one = data.make('stacked_digits'), data.make('digits')
  assert (len(source), source.spec.classes) == (128_000, 1000)
  assert source.spec.shapes == {'x': (8, 8, 3), 'y': ()}
  batch = source.batch(np.array([0, 5, 127_999]))
  digits = one.batch(np.arange(len(one)))
  for x, y in zip(batch['x'], batch['y'], strict=True):
    for channel, digit in enumerate(f'{y:03d}'):
      same = np.all(digits['x'][..., 0] == x[..., channel], (1, 2))
      assert same.any() and set(digits['y'][same]) == {int(digit)}
  assert source.spec.class_names[7] == '007'
  again = data.make('stacked_digits').batch(np.array([5]))
  np.testing.assert_array_equal(again['x'][0], batch['x'][1])
  other = data.make('stacked_digits', seed=1).batch(np.array([5]))
  assert np.any(other['x'] != again['x'])
  # Every mode is there, about as often as any other.
  counts = np.bincount(source.batch(np.arange(128_000))['y'], minlength=1000)
  assert counts.min() > 60 and counts.max() < 220
  big = data.make('stacked_mnist', split='test', n=10, size=32)
  assert big.batch(np.arange(10))['x'].shape == (10, 32, 32, 3)
  with pytest.raises(errors.ConfigError, match='n=0'):
    data.make('stacked_digits', n=0)
  with pytest.raises(errors.ConfigError, match='split'):
    data.make('stacked_digits', split='valid')


def test_modes_of_known_counts():
  assert modes.modes(np.array([0, 0, 2]), np.ones(4)) == (
      2, pytest.approx(math.log(4) - (math.log(3) - 2 / 3 * math.log(2))),
      pytest.approx(2 / 3 * math.log(8 / 3) + 1 / 3 * math.log(4 / 3)))
  assert modes.modes(np.arange(1000), np.ones(1000)) == pytest.approx(
      (1000, 0, 0), abs=1e-12)
  assert modes.modes(np.zeros(9, int), np.ones(1000))[:2] == (
      1, pytest.approx(math.log(1000)))
  # Against data that is uneven itself.
  assert modes.kl([3, 1], [3, 1]) == 0
  assert modes.kl([1, 1], [1, 0]) == math.inf
  assert modes.kl([1, 0], [1, 1]) == pytest.approx(math.log(2))
  # 26,000 perfect samples: E[KL] is about 999 / 52,000.
  perfect = modes.modes(np.random.default_rng(0).integers(1000, size=26_000),
                        np.ones(1000))
  assert perfect.modes == 1000
  assert perfect.kl_uniform == pytest.approx(999 / 52_000, rel=.15)
  with pytest.raises(ValueError, match='0 to 3'):
    modes.modes(np.array([4]), np.ones(4))


def test_the_data_and_less_than_it(use_cached):
  source = data.make('stacked_digits', n=20_000)
  evaluator = evaluators.make('stacked_modes', source, n=8000)
  held = data.make('stacked_digits', split='test')
  batch = held.batch(np.arange(8000))
  found = evaluator(lambda n: batch)
  # Digits of 500 held-out ones; a few of them are misjudged.
  assert found['modes'] == 1000
  assert found['kl_uniform'] < 3 * 999 / 16_000
  assert found['kl_data'] < found['kl_uniform'] + .1
  assert found['confidence'] > .95
  rows = np.flatnonzero(batch['y'] < 20)    # red 0, green 0 or 1, any blue
  few = evaluator(lambda n: dict(x=batch['x'][np.resize(rows, n)]))
  assert 20 <= few['modes'] < 40
  assert few['kl_uniform'] == pytest.approx(math.log(1000 / 20), abs=.4)
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=8000, n_real=20_000, extractor='digits_classifier',
              heldout_n=500, classes=1000).items() <= protocol.items()
  bare = evaluators.make('stacked_modes', data.make(
      'stacked_digits', n=20_000, labels=False), n=8000)
  assert bare(lambda n: batch)['kl_data'] == found['kl_data']


def test_mistakes():
  for source in (data.make('digits'),
                 data.make('stacked_digits', n=9, channels=1)):
    with pytest.raises(errors.ConfigError, match='stacked_mnist.*in RGB'):
      evaluators.make('stacked_modes', source)
