"""Boundary seeking on a finite set, where the ratio is known."""

import jax
import numpy as np

from gans_jax.losses import boundary
from tests.nets.filled import draw, quick


def test_one_full_update_is_the_data():
  """q e^s / Z = p for the exact s = log p/q, and Z = 1."""
  rng = np.random.default_rng(0)
  p, q = rng.dirichlet(np.ones(16), 2)
  s = np.log(p / q)
  np.testing.assert_allclose(np.sum(q * np.exp(s)), 1.)
  # The weights of samples that stand in proportion to q: as many as 10,000 q.
  counts = np.maximum(np.round(10_000 * q), 1).astype(int)
  w = quick(boundary.weights, np.repeat(s, counts).astype(np.float32))
  cells = np.repeat(np.arange(16), counts)
  np.testing.assert_allclose(np.bincount(cells, w), p, atol=2e-3)


def test_weights_are_of_the_samples_of_one_z_and_constant():
  logits, log_g = draw(20, 3), draw(20, 3, seed=2)
  w, (to_logits, to_log_g) = quick(lambda s, g: (
      boundary.weights(s), jax.grad(
          boundary.weighted_log_likelihood, (0, 1))(s, g)), logits, log_g)
  np.testing.assert_allclose(w.sum(0), 1., rtol=1e-6)
  expected = np.exp(logits) / np.exp(logits).sum(0)
  np.testing.assert_allclose(w, expected, rtol=1e-5)
  np.testing.assert_array_equal(to_logits, 0.)
  np.testing.assert_allclose(to_log_g, -expected / 3, rtol=1e-5)


def test_reinforce_is_the_reverse_divergence():
  """Summed over a finite set, its slope is that of KL(q || q e^s / Z)."""
  rng = np.random.default_rng(0)
  p, theta = rng.dirichlet(np.ones(16)), rng.normal(size=16)

  with jax.enable_x64(True):
    def divergence(theta, s, log_z):
      log_q = jax.nn.log_softmax(theta)
      target = jax.lax.stop_gradient(log_q) + s - log_z
      return jax.numpy.sum(jax.numpy.exp(log_q) * (log_q - target))

    def estimate(theta, s, log_z):
      """In place of a mean over samples, a sum weighted by q."""
      log_q = jax.nn.log_softmax(theta)
      q = jax.lax.stop_gradient(jax.numpy.exp(log_q))
      each = jax.vmap(lambda s, g: boundary.reinforce(
          s[None, None], g[None, None], log_z))(s, log_q)
      return jax.numpy.sum(q * each)

    q = np.exp(theta) / np.exp(theta).sum()
    s = np.log(p / q)
    for log_z in (0., .7):      # a baseline changes nothing
      np.testing.assert_allclose(
          jax.grad(estimate)(theta, s, log_z),
          jax.grad(divergence)(theta, s, log_z), atol=1e-12)
    # The whole of q: Z = sum q e^s = 1.
    counts = np.maximum(np.round(10_000 * q), 1).astype(int)
    np.testing.assert_allclose(
        boundary.log_mean_ratio(np.repeat(s, counts)), 0., atol=2e-3)


def test_loss_by_hand():
  logits, log_g = draw(5, 2), draw(5, 2, seed=2)
  w = np.exp(logits) / np.exp(logits).sum(0)
  np.testing.assert_allclose(
      quick(boundary.weighted_log_likelihood, logits, log_g),
      -np.mean((w * log_g).sum(0)), rtol=1e-5)


def test_least_where_d_says_one_half():
  """Both forms have no slope at s = 0 and pull to it from either side."""
  s = np.float32([-3., -.5, 0., .5, 3.])
  for name, least in (('squared', 0.), ('cross_entropy', np.log(2.))):
    g = boundary.BOUNDARIES[name].g
    value, slope = quick(lambda s: (
        jax.vmap(g)(s), jax.vmap(jax.grad(g))(s)), s)
    np.testing.assert_array_equal(np.sign(slope), np.sign(s))
    np.testing.assert_allclose(value.min(), least, atol=1e-6)
    np.testing.assert_allclose(value, value[::-1], rtol=1e-6)
  np.testing.assert_allclose(quick(boundary.squared.g, s), np.mean(s ** 2) / 2)
