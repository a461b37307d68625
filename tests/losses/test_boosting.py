"""Weights of AdaGAN against the sheet, brute force, and their equations."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.losses import boosting

R = jnp.array([0., .5, 1., 2.5])
RNG = np.random.default_rng(0)
MANY = RNG.lognormal(0., 1.5, 200).astype(np.float32)


def test_star_at_known_ratios():
  np.testing.assert_allclose(boosting.level(R, .5), .916667, atol=1e-6)
  np.testing.assert_allclose(
      boosting.star(R, .5), [.458333, .333333, .208333, 0.], atol=1e-6)
  # Before they are normalised they add up to 1: lambda* is what makes them.
  raw = np.maximum(11 / 12 - .5 * np.asarray(R), 0) / (.5 * 4)
  np.testing.assert_allclose(raw.sum(), 1., rtol=1e-6)


@pytest.mark.parametrize('beta', [.1, .5, 1.])
@pytest.mark.parametrize('weighting', ['star', 'dagger'])
def test_a_perfect_mixture_leaves_the_data_as_it_is(weighting, beta):
  found = boosting.WEIGHTINGS[weighting](jnp.ones(7), beta)
  np.testing.assert_allclose(found, np.full(7, 1 / 7), rtol=1e-5)


@pytest.mark.parametrize('weighting', ['star', 'dagger'])
def test_a_component_that_replaces_the_mixture_learns_all_data(weighting):
  found = boosting.WEIGHTINGS[weighting](jnp.asarray(MANY), 1.)
  np.testing.assert_allclose(found, np.full(200, 1 / 200), rtol=1e-5)


def search(r, beta):
  """lambda* by the search of the paper: the k whose interval has it."""
  n, r = len(r), np.sort(r.astype(np.float64))
  for k in range(1, n + 1):
    level = beta * n / k * (1 + (1 - beta) / beta * r[:k].sum() / n)
    above = np.inf if k == n else (1 - beta) * r[k]
    if (1 - beta) * r[k - 1] <= level <= above:
      return level
  raise AssertionError('no k')


@pytest.mark.parametrize('beta', [.05, .3, .5, .9])
def test_the_least_level_is_the_one_that_a_search_finds(beta):
  for r in (MANY, MANY[:1], np.repeat(MANY[:5], 3), np.zeros(4, np.float32)):
    np.testing.assert_allclose(boosting.level(jnp.asarray(r), beta),
                               search(r, beta), rtol=1e-5)


@pytest.mark.parametrize('beta', [.05, .3, .9])
def test_dagger_solves_its_equation(beta):
  """Two of its weights give lambda, which must be the root of theorem 2."""
  w = np.asarray(boosting.dagger(jnp.asarray(MANY), beta), np.float64)
  np.testing.assert_allclose(w.sum(), 1., rtol=1e-5)
  i, j = np.argsort(-w)[:2]
  # w_i = (1 - lambda c_i) / (beta N), c = (1 - beta) r, up to a factor.
  c, ratio = (1 - beta) * MANY.astype(np.float64), w[i] / w[j]
  root = (ratio - 1) / (ratio * c[j] - c[i])
  total = np.maximum(1 - root * c, 0).sum()
  np.testing.assert_allclose(total, beta * len(w), rtol=1e-2)


def test_uncovered_examples_count_most():
  r = jnp.array([3., .1, 1.])
  for weighting in ('star', 'dagger'):
    w = boosting.WEIGHTINGS[weighting](r, .5)
    assert w[1] > w[2] >= w[0], weighting
  np.testing.assert_allclose(
      boosting.top_k(.5)(jnp.array([4., 1., 3., 2.]), .5), [0, .5, 0, .5])


def test_the_ratio_is_that_of_the_classifier():
  d = np.array([.2, .5, .9])
  np.testing.assert_allclose(
      boosting.ratio(jnp.log(d / (1 - d))), (1 - d) / d, rtol=1e-5)
  far = boosting.star(boosting.ratio(jnp.array([-1e4, 1e4, 0.])), .5)
  assert np.isfinite(far).all() and far[0] == 0
  np.testing.assert_allclose(far.sum(), 1., rtol=1e-6)


def test_mixtures_add_up():
  np.testing.assert_allclose(boosting.mixtures(boosting.betas(3)), [
      [1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)
  np.testing.assert_allclose(boosting.mixtures(boosting.betas(3, .2)), [
      [1, 0, 0], [.8, .2, 0], [.64, .16, .2]], rtol=1e-6)


def test_weights_are_what_jit_gives():
  got = jax.jit(boosting.star)(jnp.asarray(MANY), jnp.float32(.3))
  np.testing.assert_allclose(
      got, boosting.star(jnp.asarray(MANY), .3), rtol=1e-4, atol=1e-8)
