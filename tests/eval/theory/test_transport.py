"""Kantorovich's duality on small tables: a plan and a critic that agree."""

import itertools

import numpy as np
import pytest

from gans_jax.eval import theory


def draw(seed, n=7, m=6, dims=2):
  rng = np.random.default_rng(seed)
  return (rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m)),
          rng.normal(size=(n, dims)), rng.normal(size=(m, dims)))


@pytest.mark.parametrize('seed', range(5))
def test_the_cheapest_plan_costs_what_the_best_critic_finds(seed):
  p, q, x, y = draw(seed)
  costs = theory.distances(x, y)
  found = theory.transport(p, q, costs)
  assert found.cost == pytest.approx(found.value, abs=1e-9)
  # The plan is one, the critic allowed, and goods move where it is tight.
  np.testing.assert_allclose(found.plan.sum(1), p, atol=1e-9)
  np.testing.assert_allclose(found.plan.sum(0), q, atol=1e-9)
  assert found.plan.min() >= 0
  slack = costs - found.f[:, None] - found.g[None]
  assert slack.min() > -1e-9
  np.testing.assert_allclose(found.plan * slack, 0, atol=1e-9)
  assert found.cost == pytest.approx(np.sum(found.plan * costs))


@pytest.mark.parametrize('seed', range(3))
def test_a_1_lipschitz_critic_certifies_w1(seed):
  """On one set of points g = -f serves, and f has slopes of at most 1."""
  p, q, x, _ = draw(seed, 8, 8)
  costs = theory.distances(x, x)
  found = theory.transport(p, q, costs)
  f = np.min(costs - found.g[None], 1)      # the best f for this g
  assert theory.lipschitz(f, costs) <= 1 + 1e-9
  assert np.sum(f * (p - q)) == pytest.approx(found.cost, abs=1e-9)
  # Any other critic is worth less, over its steepest slope.
  rng = np.random.default_rng(seed)
  for other in (rng.normal(size=8), x[:, 0], np.abs(x).sum(1)):
    bound = abs(np.sum(other * (p - q))) / theory.lipschitz(other, costs)
    assert bound <= found.cost + 1e-9


def test_equal_weights_are_an_assignment():
  """By all permutations, since a best plan of as many points is one."""
  _, _, x, y = draw(0, 5, 5)
  costs, even = theory.distances(x, y), np.full(5, .2)
  best = min(np.mean(costs[np.arange(5), list(order)])
             for order in itertools.permutations(range(5)))
  assert theory.transport(even, even, costs).cost == pytest.approx(best)


def test_on_the_line_it_is_the_area_between_distribution_functions():
  rng = np.random.default_rng(1)
  a, b = rng.normal(size=6), rng.normal(1., 2., size=9)
  found = theory.transport(np.full(6, 1 / 6), np.full(9, 1 / 9),
                           theory.distances(a[:, None], b[:, None]))
  assert found.cost == pytest.approx(theory.wasserstein_1d(a, b))


@pytest.mark.parametrize('theta', [2., .5, 1e-3, 0.])
def test_js_does_not_see_distance_and_w1_does(theta):
  """All of p at 0, all of q at theta: nothing pulls a G that follows JS."""
  apart = theta != 0
  p, q = (np.array([1., 0.]), np.array([0., 1.])) if apart else ([1.], [1.])
  assert theory.jensen_shannon(p, q) == pytest.approx(apart * np.log(2))
  assert theory.wasserstein_1d([0.], [theta]) == theta
  found = theory.transport([1.], [1.], [[theta]])
  assert found.cost == pytest.approx(theta)
  assert found.value == pytest.approx(theta)


def test_what_has_no_plan_is_refused():
  with pytest.raises(ValueError, match='sum to'):
    theory.transport([.5, .5], [.9], [[1.], [1.]])
  with pytest.raises(ValueError, match='2 by 1'):
    theory.transport([.5, .5], [1.], [[1., 1.]])


def test_w1_of_points():
  assert theory.wasserstein_1d([0.], [3.]) == 3
  assert theory.wasserstein_1d([0., 1.], [1., 0.]) == 0
  assert theory.wasserstein_1d([0., 1.], [5.]) == 4.5
  assert theory.wasserstein_1d([0., 0., 6.], [0., 3.]) == pytest.approx(1.5)
  rng = np.random.default_rng(0)
  a, b = rng.normal(size=(2, 500))
  assert theory.wasserstein_1d(a, b) == pytest.approx(
      np.mean(np.abs(np.sort(a) - np.sort(b))))
  assert theory.wasserstein_1d(a, a + .7) == pytest.approx(.7)
  with pytest.raises(ValueError):
    theory.wasserstein_1d([], [1.])
