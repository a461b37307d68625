"""Gradient penalties on critics whose gradients are known."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax.losses import penalties
from tests.nets.filled import quick

KEY = jax.random.key(0)
W = jnp.array([3., 4.])                        # |w| = 5


def linear(x):
  return x @ W


def points(seed, n=16, shape=(2,)):
  rng = np.random.default_rng(seed)
  return rng.normal(size=(n, *shape)).astype(np.float32)


@pytest.mark.parametrize('n, value', [(2, 16.), (3, 64.), (4, 256.)])
def test_linear_critic(n, value):
  """(|w| - 1)^n at any points."""
  found = quick(lambda x, y: (
      penalties.gp(linear, x, y, KEY, n=n),
      penalties.gp_real_fake(linear, x, y[:5], n=n)), points(1), points(2))
  np.testing.assert_allclose(found, value, rtol=1e-5)


def test_linear_critic_other_penalties():
  found = quick(lambda x, y: (
      penalties.dragan(linear, x, KEY),
      penalties.zero_centred(linear, x, y, KEY),
      penalties.r1(linear, x), penalties.r1(linear, x, 1.),
      penalties.r2(linear, y), penalties.r2(linear, y, 1.)),
      points(1), points(2))
  np.testing.assert_allclose(found, [16., 25., 125., 12.5, 125., 12.5], 1e-5)


@pytest.mark.parametrize('n', [1, 2, 3, 4])
def test_power_penalty_against_numpy(n):
  norms = np.array([.2, .9, 1., 1.5, 3.], np.float32)
  found = quick(lambda norms: (
      penalties.power_penalty(norms, 1., n),
      penalties.power_penalty(norms, 1., n, one_sided=True)), norms)
  np.testing.assert_allclose(found, [
      np.mean(np.abs(norms - 1) ** n),
      np.mean(np.maximum(norms - 1, 0) ** n)], rtol=1e-6)


@pytest.mark.parametrize('n', [0, -2, 1.5])
def test_bad_powers_are_refused(n):
  with pytest.raises(ValueError, match='whole number'):
    penalties.power_penalty(jnp.ones(3), 1., n)


def test_real_and_fake_count_alike():
  """Means of each set are averaged, whatever the sizes."""
  real, fake = points(1, 2), 2 * points(2, 8)
  critic = lambda x: .5 * jnp.sum(x ** 2, -1)          # gradient x
  norm = lambda x: np.linalg.norm(x, axis=-1)
  expected = (np.mean((norm(real) - 1) ** 2)
              + np.mean((norm(fake) - 1) ** 2)) / 2
  found = quick(lambda x, y: (
      penalties.gp_real_fake(critic, x, y), penalties.r1(critic, x, 3.),
      penalties.r2(critic, y, 3.)), real, fake)
  np.testing.assert_allclose(found, [
      expected, 1.5 * np.mean(norm(real) ** 2),
      1.5 * np.mean(norm(fake) ** 2)], rtol=1e-5)


def test_dragan_costs_nothing_on_a_distance():
  """s = |x| has slope 1 everywhere away from 0."""
  real = 5. + points(1, shape=(3,))
  distance = lambda x: jnp.linalg.norm(x, axis=-1)
  centred = lambda x, key: penalties.perturbed_centred(x, key, limits=None)
  found = quick(lambda x: [
      penalties.dragan(distance, x, KEY, points=around)
      for around in (penalties.perturbed, centred)], real)
  np.testing.assert_allclose(found, 0., atol=1e-10)


def test_interpolates_lie_on_segments_of_their_own():
  real, fake = points(1, 200, (3, 2)), points(2, 200, (3, 2))
  x = quick(penalties.interpolates, real, fake, KEY)
  share = np.asarray((x - fake) / (real - fake)).reshape(200, -1)
  # One share a sample, the same for all its elements, spread over (0, 1).
  np.testing.assert_allclose(share, share[:, :1] * np.ones(6), atol=2e-3)
  share = np.median(share, 1)
  assert share.min() > -1e-3 and share.max() < 1 + 1e-3
  np.testing.assert_allclose([share.mean(), share.std()], [.5, 12 ** -.5],
                             atol=.08)
  with pytest.raises(ValueError, match='as many real samples'):
    penalties.interpolates(real, fake[:1], KEY)


def test_perturbed_points():
  real = 3. * points(1, 500, (4,))
  std = float(np.std(real))                            # of the whole batch
  move = (quick(penalties.perturbed, real, KEY) - real) / (.5 * std)
  move = np.asarray(move)
  assert move.min() >= -1e-6 and move.max() <= 1       # one way only
  np.testing.assert_allclose(move.mean(), .25, atol=.02)    # E a E u
  # Elements share their sample's a: two of them correlate, 1/3 - 1/4 of
  # E a^2 (E u)^2 - (E a E u)^2 = 1/48 over Var(au) = 1/9 - 1/16.
  np.testing.assert_allclose(np.corrcoef(move[:, 0], move[:, 1])[0, 1],
                             (1 / 48) / (7 / 144), atol=.12)
  clipped, free = quick(lambda x: (
      penalties.perturbed_centred(x, KEY),
      penalties.perturbed_centred(x, KEY, limits=None)), real)
  move = np.asarray(free - real) / std
  assert abs(move).max() <= .5 + 1e-5
  np.testing.assert_allclose([move.mean(), move.std()], [0., 12 ** -.5],
                             atol=.03)
  assert clipped.min() == -1 and clipped.max() == 1


@pytest.mark.parametrize('shape', [(), (7,), (4, 3), (4, 4, 3), (2, 2, 2, 3)])
def test_norms_reduce_all_axes_but_the_first(shape):
  """Images, sound, volumes; several logits a sample are summed."""
  x = points(3, 5, shape)
  critic = lambda x: jnp.stack([x ** 2, x], 1)         # [B, 2, ...]
  gradient = (2 * x + 1).reshape(5, -1)
  norms = quick(lambda x: penalties.gradient_norms(critic, x), x)
  np.testing.assert_allclose(norms, np.linalg.norm(gradient, axis=1),
                             rtol=1e-5)


def test_norms_accumulate_in_float32():
  """4096 ones: a bfloat16 sum would stop at 256."""
  x = jnp.ones((2, 64, 64, 1), jnp.bfloat16)
  critic = lambda x: jnp.sum(x, (1, 2, 3))
  norms = quick(lambda x: penalties.gradient_norms(critic, x), x)
  assert norms.dtype == jnp.float32
  np.testing.assert_allclose(norms, 64., rtol=1e-6)


def test_a_flat_critic_has_a_gradient():
  """Where grad d = 0 the norm's own gradient is finite, not nan."""
  loss = lambda w: penalties.gp(lambda x: x @ w, points(1), points(2), KEY)
  value, slope = quick(jax.value_and_grad(loss), np.zeros(2, np.float32))
  np.testing.assert_allclose(value, 1., rtol=1e-5)
  assert np.isfinite(slope).all()


def mlp(params, x):
  h = jnp.tanh(x @ params['w1'] + params['b1'])
  return jnp.tanh(h @ params['w2']) @ params['w3']


@pytest.mark.parametrize('penalty', [
    lambda d, x, y: penalties.gp(d, x, y, KEY),
    lambda d, x, y: penalties.gp(d, x, y, KEY, one_sided=True),
    lambda d, x, y: penalties.gp_real_fake(d, x, y, n=4),
    lambda d, x, y: penalties.gp_real_fake(d, x, y, n=3),
    lambda d, x, y: penalties.dragan(d, x, KEY),
    lambda d, x, y: penalties.r1(d, x),
    lambda d, x, y: penalties.r2(d, y),
    lambda d, x, y: penalties.zero_centred(d, x, y, KEY),
])
def test_second_order_gradients_by_finite_differences(penalty):
  with jax.enable_x64(True):
    rng = np.random.default_rng(0)
    shapes = dict(w1=(3, 5), b1=(5,), w2=(5, 4), w3=(4,))
    params = {k: rng.normal(size=s) for k, s in shapes.items()}
    along = {k: rng.normal(size=s) for k, s in shapes.items()}
    x, y = rng.normal(size=(2, 6, 3))
    loss = lambda p: penalty(lambda x: mlp(p, x), x, y)
    h = 1e-5

    def slopes(params, along):
      at = lambda h: loss(jax.tree.map(lambda p, v: p + h * v, params, along))
      reverse = optax.tree.vdot(jax.grad(loss)(params), along)
      forward = jax.jvp(loss, (params,), (along,))[1]
      return reverse, forward, (at(h) - at(-h)) / (2 * h)

    reverse, forward, differences = quick(slopes, params, along)
    np.testing.assert_allclose(forward, differences, rtol=1e-6)
    np.testing.assert_allclose(reverse, forward, rtol=1e-9)
