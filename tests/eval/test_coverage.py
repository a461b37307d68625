import math

import numpy as np
import pytest

from gans_jax import data
from gans_jax.eval import coverage

SQUARE = np.array([(0., 0.), (10., 0.), (0., 10.), (10., 10.)])


def test_counts_of_samples_made_by_hand():
  # 30 at the first mode, 20 at the second, 19 at the third, 1 far away.
  x = np.repeat(SQUARE[:3], (30, 20, 19), axis=0)
  x = np.concatenate([x, [(5., 5.)]])
  found = coverage.coverage(x, SQUARE, std=1.)
  assert found.modes == 3
  assert found.modes_20 == 2
  assert found.hq == 69 / 70
  share = np.array([30, 20, 19]) / 69
  assert found.reverse_kl == pytest.approx(np.sum(share * np.log(4 * share)))


def test_three_standard_deviations_are_in_and_more_are_out():
  x = np.array([(0., 3.), (10. + 3 / math.sqrt(2), 3 / math.sqrt(2) + 1e-6)])
  found = coverage.coverage(x, SQUARE, std=1.)
  assert (found.modes, found.hq) == (1, .5)


def test_a_stray_point_is_a_mode_but_not_a_robust_one():
  x = np.concatenate([np.repeat(SQUARE[:1], 2499, 0), SQUARE[3:]])
  found = coverage.coverage(x, SQUARE, std=.1)
  assert (found.modes, found.modes_20, found.hq) == (2, 1, 1.)


def test_one_mode_has_the_greatest_reverse_kl():
  found = coverage.coverage(np.zeros((50, 2)), SQUARE, std=1.)
  assert found.reverse_kl == pytest.approx(math.log(4))


def test_no_hit_has_no_reverse_kl_and_nan_is_of_low_quality():
  x = np.array([(5., 5.), (np.nan, 0.), (np.inf, 0.)])
  found = coverage.coverage(x, SQUARE, std=.1)
  assert (found.modes, found.hq) == (0, 0.)
  assert math.isnan(found.reverse_kl)


def test_a_perfect_sampler_has_the_expected_reverse_kl():
  # To first order (K - 1) / 2n: .0048 for 2500 draws over 25 modes.
  rng = np.random.default_rng(0)
  counts = rng.multinomial(2500, np.full(25, 1 / 25), size=4000)
  mean = np.mean([coverage.kl_from_uniform(c) for c in counts])
  assert mean == pytest.approx(.0048, abs=5e-5)


def test_the_data_covers_itself():
  source = data.make('grid25', n=2500)
  x = source.batch(np.arange(2500))['x']
  found = coverage.coverage(x, source.spec.centres, source.spec.std)
  assert (found.modes, found.modes_20) == (25, 25)
  # 1 - exp(-9/2): the share within three standard deviations in the plane.
  assert found.hq == pytest.approx(1 - math.exp(-4.5), abs=.006)
  assert found.reverse_kl == pytest.approx(.0048, abs=.004)


def test_entropy_closed_forms():
  assert coverage.entropy(np.ones(10)) == pytest.approx(math.log(10))
  assert coverage.entropy([7, 0, 0]) == 0.
  assert coverage.entropy([1, 3]) == pytest.approx(
      math.log(4) - .75 * math.log(3))
  assert math.isnan(coverage.entropy([0, 0]))
  assert coverage.label_entropy(np.array([0, 1, 1, 0]), 3) == pytest.approx(
      math.log(2))


def test_points_of_another_dimension_are_refused():
  with pytest.raises(ValueError, match='points'):
    coverage.coverage(np.zeros((5, 3)), SQUARE, 1.)
