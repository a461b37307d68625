"""Gaussian posteriors, matched means and orthonormal filters: closed forms."""

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.losses import matching, penalties, variational


def test_the_divergence_of_a_gaussian():
  for log, variance in ((np.log(.25), True), (np.log(.5), False)):
    q = variational.posterior(jnp.array([[1., 0., log, 0.]]), variance)
    np.testing.assert_allclose(q.kl(), [.818147], atol=1e-6)
    assert q.mean.shape == q.log_std.shape == (1, 2)
  still = variational.Posterior(jnp.zeros((1, 3)), jnp.zeros((1, 3)))
  assert still.kl() == 0


def test_a_draw_and_its_gradient():
  q = variational.Posterior(jnp.array([[2., -1.]]), jnp.log(
      jnp.array([[3., .5]])))
  z, eps = q.draw(jax.random.key(0))
  np.testing.assert_allclose(z, q.mean + jnp.array([[3., .5]]) * eps)
  slopes = jax.grad(lambda q: jnp.sum(q.draw(jax.random.key(0))[0]))(q)
  np.testing.assert_allclose(slopes.mean, 1.)
  np.testing.assert_allclose(slopes.log_std, jnp.array([[3., .5]]) * eps,
                             rtol=1e-6)


def test_the_divergence_through_a_flow_is_that_of_the_gaussian_it_gives():
  """`(z - m) / s` of a Gaussian is one; two points integrate squares."""
  q = variational.Posterior(jnp.array([[1., -2.]]), jnp.array([[.3, -.4]]))
  m, log_s = jnp.array([[.5, 1.]]), jnp.array([[.2, -.7]])
  found = []
  for sign in (-1., 1.):
    eps = jnp.full((1, 2), sign)
    z = (q.mean + jnp.exp(q.log_std) * eps - m) * jnp.exp(-log_s)
    found.append(variational.flow_kl(q, eps, z, -jnp.sum(log_s, -1)))
  after = variational.Posterior((q.mean - m) * jnp.exp(-log_s),
                                q.log_std - log_s)
  np.testing.assert_allclose(np.mean(found, 0), after.kl(), rtol=1e-5)


def test_mean_features_match_where_batches_are_the_same():
  f = jax.random.normal(jax.random.key(0), (5, 3))
  assert matching.half_square_gap(f, f) == 0
  np.testing.assert_allclose(matching.half_square_gap(
      jnp.array([[1., 4.], [3., 0.]]), jnp.array([[0., 0.]])), (4 + 4) / 2)


def test_centres_move_by_class():
  old = jnp.array([[1., 1.], [2., 2.], [3., 3.]])
  f = jnp.array([[4., 0.], [6., 2.], [8., 8.]])
  y = jnp.array([2, 2, 0])
  moved = lambda f: matching.moving_centres(old, f, y, .75)
  np.testing.assert_allclose(
      moved(f), [[.75 + 2, .75 + 2], [2, 2], [2.25 + 1.25, 2.25 + .25]])
  slope = jax.jacobian(moved)(f)      # [classes, features, rows, features]
  whole = np.zeros((3, 2, 3, 2))
  for j in range(2):
    whole[2, j, [0, 1], j], whole[0, j, 2, j] = .5, 1.
  np.testing.assert_allclose(slope, whole)


def test_orthonormal_filters_cost_nothing():
  q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(18, 5)))
  kernel = jnp.asarray(q.reshape(3, 3, 2, 5), jnp.float32)
  assert penalties.orthonormality(kernel) < 1e-5
  # Norms of 2: each of five diagonal entries is 3 off.
  np.testing.assert_allclose(
      penalties.orthonormality(2 * kernel), 15, atol=1e-4)
  # Equal columns: all 4 entries of the Gram matrix are 1, two of them off.
  np.testing.assert_allclose(
      penalties.orthonormality(jnp.full((4, 2), .5)), 2, atol=1e-6)
