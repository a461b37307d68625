"""Adversarial pairs against closed forms on known densities."""

import statistics

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.losses import adversarial
from tests.nets.filled import quick

PAIRS = adversarial.PAIRS

# p = N(0, 1) is data and q = N(1, 1) the model: a mean over these quantiles
# is a quadrature of an expectation.
N = 50_000
REAL = np.array([statistics.NormalDist().inv_cdf((i + .5) / N)
                 for i in range(N)])
FAKE = REAL + 1.


def log_ratio(x):
  """log p(x)/q(x) of the two Gaussians."""
  return .5 - x


def value(pair, critic):
  return quick(pair.d, critic(REAL).astype(np.float32),
               critic(FAKE).astype(np.float32))


@pytest.mark.parametrize('name, zero_d, zero_g', [
    ('minimax', np.log(4), -np.log(2)),
    ('non_saturating', np.log(4), np.log(2)),
    ('lsgan', .5, .5),
    ('hinge', 2., 0.),
    ('wasserstein', 0., 0.),
])
def test_zero_logits(name, zero_d, zero_g):
  pair, zeros = PAIRS[name], np.zeros((3, 4, 4), np.float32)
  found = quick(lambda s: (pair.d(s, s), pair.g(s)), zeros)
  np.testing.assert_allclose(found, [zero_d, zero_g], rtol=1e-6)


@pytest.mark.parametrize('name', ['minimax', 'non_saturating'])
def test_cross_entropy_at_the_optimum_is_the_jensen_shannon_value(name):
  np.testing.assert_allclose(value(PAIRS[name], log_ratio), 1.163451,
                             atol=2e-5)


def test_hinge_at_the_optimum_is_two_minus_twice_the_total_variation():
  best = value(PAIRS['hinge'], lambda x: np.sign(log_ratio(x)))
  np.testing.assert_allclose(best, 1.234150, atol=5e-5)
  # Equal densities: any |s| <= 1 costs 2, and the margin has no gradient.
  s = jnp.linspace(-1, 1, 9)
  np.testing.assert_allclose(PAIRS['hinge'].d(s, s), 2., rtol=1e-6)
  outside = jnp.array([1.5, 3.])
  np.testing.assert_array_equal(
      jax.grad(PAIRS['hinge'].d, (0, 1))(outside, -outside), 0.)


def test_least_squares_at_the_optimum_is_a_pearson_divergence():
  a, b, c = -1., 1., 0.
  pair = adversarial.least_squares(a, b, c)
  best = lambda x: jnp.asarray(
      (b * np.exp(log_ratio(x)) + a) / (np.exp(log_ratio(x)) + 1), jnp.float32)
  # C(G) of the paper also has the real term, which G can't change.
  twice = 2 * (pair.g(best(REAL)) + pair.g(best(FAKE)))
  np.testing.assert_allclose(twice, .408109, atol=2e-5)


def test_wasserstein_with_a_clipped_linear_critic():
  # s = w x with |w| <= c: the optimum w = -c finds c W1 = c.
  c = .01
  np.testing.assert_allclose(
      -value(PAIRS['wasserstein'], lambda x: -c * x), c, rtol=1e-4)


# Four symbols; counts make the batch means exact expectations.
P, Q = np.array([4, 2, 1, 1]), np.array([1, 1, 2, 4])


@pytest.mark.parametrize('pair, best', [
    (PAIRS['minimax'], np.log(P / Q)),
    (PAIRS['non_saturating'], np.log(P / Q)),
    (PAIRS['smoothed'], np.log(.9 * P / (.1 * P + Q))),
    (PAIRS['lsgan'], P / (P + Q)),
    (adversarial.least_squares(-1., 1., 0.), (P - Q) / (P + Q)),
    (adversarial.least_squares(-.5, 2., 1.), (2 * P - .5 * Q) / (P + Q)),
])
def test_optimal_critic_of_a_discrete_table(pair, best):
  real, fake = np.repeat(range(4), P), np.repeat(range(4), Q)
  loss = lambda s: pair.d(s[real], s[fake])
  best = jnp.asarray(best, jnp.float32)
  slope, curvature = quick(
      lambda s: (jax.grad(loss)(s), jax.hessian(loss)(s)), best)
  np.testing.assert_allclose(slope, 0., atol=1e-7)
  assert np.linalg.eigvalsh(curvature).min() > 0     # and it is a minimum


def test_optimal_critic_of_a_conditional_table_forgets_the_label_prior():
  counts_p = np.array([[4, 2, 1, 1], [1, 4, 2, 1], [2, 2, 2, 2]])
  counts_q = np.array([[1, 1, 2, 4], [2, 2, 2, 2], [4, 1, 1, 2]])
  prior = np.array([[1], [3], [2]])                  # of the labels, in both
  flat = np.arange(12)
  real = np.repeat(flat, (counts_p * prior).ravel())
  fake = np.repeat(flat, (counts_q * prior).ravel())
  best = jnp.asarray(np.log(counts_p / counts_q).ravel(), jnp.float32)
  loss = lambda s: PAIRS['non_saturating'].d(s[real], s[fake])
  np.testing.assert_allclose(quick(jax.grad(loss), best), 0., atol=1e-7)


@pytest.mark.parametrize('name, at_zero, sure', [
    ('non_saturating', -.5, -.99995),
    ('minimax', -.5, -4.54e-5),
    ('hinge', -1., -1.),
    ('wasserstein', -1., -1.),
    ('lsgan', -1., -11.),
])
def test_generator_gradients(name, at_zero, sure):
  slopes = jax.vmap(jax.grad(lambda s: PAIRS[name].g(s[None])))
  found = quick(slopes, np.float32([0., -10.]))
  np.testing.assert_allclose(found, [at_zero, sure], rtol=1e-3)


@pytest.mark.parametrize('name', PAIRS)
def test_finite_far_from_zero(name):
  pair = PAIRS[name]
  values = jax.vmap(lambda real, fake: (
      jax.value_and_grad(pair.d, (0, 1))(real, fake),
      jax.value_and_grad(pair.g)(fake)))
  real = np.float32([-50., -50., 50., 50.])
  fake = np.float32([-50., 50., -50., 50.])
  for x in jax.tree.leaves(quick(values, real, fake)):
    assert np.isfinite(x).all()


@pytest.mark.parametrize('name', PAIRS)
def test_signs(name):
  """D's step raises real logits and lowers fake ones; G's raises them."""
  real, fake = np.float32([-.3, .2]), np.float32([.1, -.4])
  pair = PAIRS[name]
  (down_real, down_fake), down = quick(lambda real, fake: (
      jax.grad(pair.d, (0, 1))(real, fake), jax.grad(pair.g)(fake)), real, fake)
  assert (down_real < 0).all()
  # The least squares pair pulls fake logits to 0, from both sides.
  towards = np.sign(fake) if name == 'lsgan' else 1.
  assert (down_fake * towards > 0).all()
  assert (down < 0).all()


@pytest.mark.parametrize('name', PAIRS)
def test_any_shape_and_bfloat16(name):
  rng = np.random.default_rng(0)
  real, fake = rng.normal(size=(2, 6, 5, 5)).astype(np.float32)
  fake = fake[:3]
  d = lambda real, fake: quick(PAIRS[name].d, real, fake)
  flat = d(real.ravel(), fake.ravel())
  np.testing.assert_allclose(d(real, fake), flat, rtol=1e-5, atol=1e-7)
  half = d(real.astype(jnp.bfloat16), fake.astype(jnp.bfloat16))
  assert half.dtype == jnp.float32
  np.testing.assert_allclose(half, flat, atol=2e-3)   # the logits' rounding


def test_equal_targets_are_refused():
  with pytest.raises(ValueError, match='a != b'):
    adversarial.least_squares(1., 1., 0.)


def test_smoothing_is_of_real_labels_alone():
  """Target 1 is cross entropy; fakes' loss is that of it at any target."""
  real, fake = REAL[:9].astype(np.float32), FAKE[:7].astype(np.float32)
  found, plain, (slopes, same) = quick(lambda r, f: (
      adversarial.smoothed(1.).d(r, f), PAIRS['non_saturating'].d(r, f),
      [jax.grad(pair.d, 1)(r, f) for pair in (
          adversarial.smoothed(.7), PAIRS['non_saturating'])]), real, fake)
  np.testing.assert_allclose(found, plain, rtol=1e-6)
  np.testing.assert_allclose(slopes, same, rtol=1e-6)
  with pytest.raises(ValueError, match='smoothed'):
    adversarial.smoothed(0.)
