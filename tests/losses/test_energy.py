"""Energies, reconstructions, pulling away, and BEGAN's control."""

import jax
import numpy as np
import pytest

from gans_jax.losses import energy, matching, reconstruction
from tests.nets.filled import draw, quick


def test_margin_by_hand_and_off_beyond_it():
  pair = energy.margin(1.)
  real, fake = np.float32([.1, .3]), np.float32([.4, 1.6])
  value, (to_real, to_fake), g = quick(lambda r, f: (
      pair.d(r, f), jax.grad(pair.d, (0, 1))(r, f), pair.g(f)), real, fake)
  np.testing.assert_allclose(value, .2 + (.6 + 0.) / 2, rtol=1e-6)
  np.testing.assert_allclose(to_real, [.5, .5])
  np.testing.assert_allclose(to_fake, [-.5, 0.])      # off: no gradient
  np.testing.assert_allclose(g, 1., rtol=1e-6)
  with pytest.raises(ValueError, match='above 0'):
    energy.margin(0.)


@pytest.mark.parametrize('gamma', [0., .3, 1.])
def test_margin_at_equilibrium(gamma):
  """Theorem 1: with D(x) = D(G(z)) = gamma in [0, m], L_D = m."""
  level = np.full(5, gamma, np.float32)
  np.testing.assert_allclose(quick(energy.margin(1.).d, level, level), 1.)


def test_balance_by_hand():
  """The sheet's numbers: k = 5e-5 and M = .25."""
  k, measure = quick(lambda k, r, f: energy.balanced(
      k, r, f, gamma=.5, rate=1e-3), *np.float32([0., .2, .05]))
  np.testing.assert_allclose([k, measure], [5e-5, .25], rtol=1e-5)


def test_balance_stays_in_bounds():
  step = lambda k, real, fake: quick(lambda k, r, f: energy.balanced(
      k, r, f, gamma=.5, rate=.3)[0], *np.float32([k, real, fake]))
  k = np.float32(.8)
  falling = [k]
  for _ in range(4):      # L(G) > gamma L(x)
    falling.append(step(falling[-1], 1., 1.5))
  assert (np.diff(falling) <= 0).all() and falling[-1] == 0.
  assert step(.9, 4., 0.) == 1.


def test_errors_by_hand():
  x, made = draw(3, 2, 2, 1), draw(3, 2, 2, 1, seed=2)
  gap = (x - made).reshape(3, -1)
  found = quick(lambda x, m: {
      name: f(x, m) for name, f in reconstruction.ERRORS.items()}, x, made)
  expected = dict(
      mean_square=np.mean(gap ** 2, 1), sum_square=np.sum(gap ** 2, 1),
      mean_absolute=np.mean(np.abs(gap), 1),
      sum_absolute=np.sum(np.abs(gap), 1), norm=np.linalg.norm(gap, axis=1))
  assert found.keys() == expected.keys()
  for name, value in expected.items():
    np.testing.assert_allclose(found[name], value, rtol=1e-5, err_msg=name)
  slope = quick(jax.grad(lambda x: reconstruction.norm(x, x).sum()), x)
  assert np.isfinite(slope).all()


def test_pulling_away_of_orthogonal_and_equal_codes():
  found = quick(lambda a, b, c: [matching.pulling_away(x) for x in (a, b, c)],
                5 * np.eye(4, dtype=np.float32),
                np.ones((4, 3), np.float32) * np.float32([[1], [2], [-3], [4]]),
                np.zeros((3, 2), np.float32))
  np.testing.assert_allclose(found, [0., 1., 0.], atol=1e-5)


@pytest.mark.parametrize('weights', [None, np.float32([1, 0, 1, 0, 1])])
def test_feature_matching_by_hand(weights):
  real, fake = draw(5, 3), draw(4, 3, seed=2)
  rows = real if weights is None else real[weights > 0]
  gap = rows.mean(0) - fake.mean(0)
  found = quick(lambda r, f: (
      matching.feature_matching(r, f, weights),
      matching.feature_matching_absolute(r, f, weights)), real, fake)
  np.testing.assert_allclose(
      found, [np.mean(gap ** 2), np.mean(np.abs(gap))], rtol=1e-5)
