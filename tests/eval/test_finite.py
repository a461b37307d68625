"""Evaluators of data with few numbers to it."""

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import evaluators


def test_moments_of_known_samples():
  score = evaluators.make('moments', data.make('gauss1', n=1000), n=4)
  found = score(lambda n: dict(x=np.float32([[1], [2], [3], [6]])))
  assert found['mean'] == pytest.approx(3)
  assert found['std'] == pytest.approx(np.sqrt(14 / 3))
  with pytest.raises(errors.ConfigError, match='on the line'):
    evaluators.make('moments', data.make('ring8', n=100))


def test_total_variation_of_known_samples():
  # Two cells, one of them three times as likely.
  source = data.arrays(np.float32([[0.], [1.], [1.], [1.]]))
  score = evaluators.make('total_variation', source, n=8)
  of = lambda *x: score(lambda n: dict(x=np.float32(x)[:, None]))['tv']
  assert of(0, 0, 1, 1, 1, 1, 1, 1) == pytest.approx(0)
  assert of(*[0] * 8) == pytest.approx(.75)
  # What the data never has counts as missing from where it has.
  assert of(0, 0, 1, 1, 1, 1, 7, 7) == pytest.approx(.25)
  assert of(*[5] * 8) == pytest.approx(1)


def test_total_variation_has_a_floor_and_a_limit():
  source = data.make('bits2x2')
  score = evaluators.make('total_variation', source, n=2000)
  found = score(lambda n: source.batch(np.arange(n)))
  assert found['tv'] < .05 and .005 < found['tv_floor'] < .05
  with pytest.raises(errors.ConfigError, match='at most 4096'):
    evaluators.make('total_variation', data.make('ring8', n=5000))
