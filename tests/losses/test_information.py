"""Mutual information of codes, against closed forms."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gans_jax.losses import information

CODE = np.eye(10, dtype=np.float32)


def l_i(code, logits):
  return float(information.mutual_information(
      information.categorical_log_q(code, logits), math.log(code.shape[-1])))


def test_a_perfect_q_tells_all_of_a_category():
  assert l_i(CODE, 200 * CODE) == pytest.approx(2.302585, abs=1e-6)


def test_a_uniform_q_tells_nothing():
  assert l_i(CODE, jnp.full((10, 10), -3.)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize('scale', [0., 1., 50., 1e4])
def test_never_more_than_the_entropy(scale):
  rng = np.random.default_rng(0)
  for k in (2, 7):
    code = np.eye(k, dtype=np.float32)[rng.integers(k, size=300)]
    found = l_i(code, scale * rng.normal(size=(300, k)).astype(np.float32))
    assert np.isfinite(found) and found <= math.log(k) + 1e-6


def test_what_a_posterior_tells_is_the_mutual_information():
  """Of a table p(x|c): Q by Bayes reaches I(c; x), no other Q does."""
  rng = np.random.default_rng(1)
  p = rng.dirichlet(np.ones(6), size=4)               # p(x|c), c uniform
  joint = p / 4
  true = float((joint * np.log(joint / joint.sum(0) / .25)).sum())
  code = np.repeat(np.eye(4, dtype=np.float32), 6, 0)
  of = lambda q: float((joint.ravel() * np.asarray(
      information.categorical_log_q(code, np.tile(np.log(q), (4, 1))))).sum()
  ) + math.log(4)
  posterior = (joint / joint.sum(0)).T                # [x, c]
  assert of(posterior) == pytest.approx(true, abs=1e-6)
  other = .9 * posterior + .1 * rng.dirichlet(np.ones(4), size=6)
  assert of(other) < true - 1e-4


def test_gaussians_are_scipys():
  rng = np.random.default_rng(2)
  c, mean, log_std = rng.normal(size=(3, 5, 2)).astype(np.float32)
  want = stats.norm.logpdf(c, mean, np.exp(log_std)).sum(-1)
  np.testing.assert_allclose(
      information.gaussian_log_q(c, mean, log_std), want, rtol=1e-5)


def test_with_std_1_it_is_half_the_squares_and_a_constant():
  c, mean = np.float32([[.5], [-1.]]), np.float32([[0.], [1.]])
  found = information.gaussian_log_q(c, mean)
  assert float(found[0] - found[1]) == pytest.approx(-(.25 - 4) / 2, abs=1e-6)
  grad = jax.grad(lambda m: information.gaussian_log_q(c, m).sum())(mean)
  np.testing.assert_allclose(grad, c - mean, rtol=1e-6)
  best = information.mutual_information(
      information.gaussian_log_q(c, c), math.log(2.))
  assert float(best) == pytest.approx(
      math.log(2) - math.log(2 * math.pi) / 2, abs=1e-6)


def test_kl_to_the_standard_normal_is_an_integral():
  mean, std = .7, 1.6
  x = np.linspace(-15, 15, 20_001)
  p, q = stats.norm.pdf(x, mean, std), stats.norm.pdf(x)
  want = float(np.sum(p * np.log(p / q)) * (x[1] - x[0]))
  found = information.kl_to_standard_normal(
      np.full((1, 3), mean), np.full((1, 3), np.log(std)))
  assert float(found[0]) == pytest.approx(3 * want, rel=1e-5)
