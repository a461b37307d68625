"""BadGAN's parts: densities that sum to 1, and what G pays for them."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.losses import likelihood, matching
from gans_jax.nets import density
from gans_jax.systems import badgan
from tests.nets.filled import draw
from tests.systems.test_exact import batches, start

STILL = dict(name='sgd', lr=0.)
OPTIMS = dict(g_optim=STILL, d_optim=STILL, p_optim=STILL)


def test_a_logistic_mixture_s_levels_sum_to_one():
  levels = 17
  x = jnp.linspace(-1, 1, levels)
  for scale in (1., 20.):
    logits, means = draw(3) * scale, draw(3, seed=2)
    log_scales = jnp.float32([-1., -3., -6.])
    spread = lambda a: jnp.broadcast_to(a, (levels, 3))
    log_p = likelihood.logistic_mixture(
        x, spread(logits), spread(means), spread(log_scales), levels)
    np.testing.assert_allclose(jnp.sum(jnp.exp(log_p)), 1., rtol=1e-4)


def test_logistic_mixture_by_hand_and_far_away():
  """One logistic of mean 0 and scale 1 at 0, 256 levels; finite far off."""
  zero = jnp.zeros((1, 1))
  at = lambda x, scale=0.: likelihood.logistic_mixture(
      jnp.float32([x]), zero, zero, zero + scale)
  np.testing.assert_allclose(
      at(0.), np.log(1 / (1 + np.exp(-1 / 255)) - 1 / (1 + np.exp(1 / 255))),
      rtol=1e-4)
  slope = jax.grad(lambda x: likelihood.logistic_mixture(
      x[None], zero, zero, zero - 7.)[0])(jnp.float32(.9))
  assert np.isfinite(at(.9, -7.)).all() and np.isfinite(slope) and slope < 0


def test_gaussians_by_hand():
  x = np.float32([[1., 2.]])
  np.testing.assert_allclose(
      likelihood.gaussian(x, np.float32([0., 2.]), np.log([1., .5])),
      -np.log(2 * np.pi) - .5 - np.log(.5), rtol=1e-6)
  two = likelihood.gaussian_mixture(
      x, np.zeros(2, np.float32), np.float32([[0., 2.], [0., 2.]]),
      np.log(np.float32([[1., .5], [1., .5]])))
  np.testing.assert_allclose(two, [-np.log(2 * np.pi) - .5 - np.log(.5)],
                             rtol=1e-6)


def test_a_pixelcnn_sees_only_what_comes_before():
  """log p sums terms of pixels: changing one leaves those before it alone."""
  net = density.PixelCNN(width=4, blocks=2, mixtures=2, levels=3)
  x = draw(1, 3, 4, 1) / 4
  variables = net.init(jax.random.key(0), x, train=False)
  # The conditionals are hidden inside: with three levels, all pictures of a
  # 2 x 2 grid are 81, whose probabilities sum to 1 if and only if each pixel
  # is modelled given the ones before alone.
  levels = np.float32([-1, 0, 1])
  every = np.stack(np.meshgrid(*[levels] * 4), -1).reshape(-1, 2, 2, 1)
  small = net.init(jax.random.key(1), every[:1], train=False)
  bigger = jax.tree.map(lambda a: 2 * a, small)      # far from uniform
  for params in (small, bigger):
    log_p = net.apply(params, every, train=False)
    np.testing.assert_allclose(np.exp(log_p).sum(), 1., rtol=1e-4)
  assert np.ptp(log_p) > 1
  assert net.apply(variables, x, train=False).shape == (1,)


def test_a_pixelcnn_learns_what_follows():
  """Two pictures of four equal pixels each: log p goes to -log 2."""
  net = density.PixelCNN(span=(0., 1.), width=4, blocks=1, mixtures=2, levels=2)
  x = np.float32([0., 1.]).reshape(2, 1, 1, 1) * np.ones((2, 2, 2, 1))
  x = x.astype(np.float32)

  tx = optax.adam(.02)
  params = net.init(jax.random.key(0), x, train=False)

  def step(carry, _):
    params, opt = carry
    loss, grads = jax.value_and_grad(lambda p: -jnp.mean(
        net.apply(p, x, train=True)))(params)
    updates, opt = tx.update(grads, opt)
    return (optax.apply_updates(params, updates), opt), loss

  _, losses = jax.jit(lambda c: jax.lax.scan(step, c, None, 400))(
      (params, tx.init(params)))
  assert np.log(2) - 1e-4 < losses[-1] < np.log(2) + .05


def test_what_is_likely_costs_and_the_rest_is_free():
  log_p = jnp.float32([-3., 1., 2., -9.])
  assert likelihood.above(log_p, 0.) == 1.5
  assert likelihood.above(log_p, 5.) == 0
  np.testing.assert_allclose(
      jax.grad(lambda l: likelihood.above(l, 0.))(log_p), [0., .5, .5, 0.])
  np.testing.assert_array_equal(
      jax.grad(lambda l: likelihood.above(l, 5.))(log_p), np.zeros(4))


def test_pulling_away_of_alike_and_of_orthogonal_features():
  assert matching.pulling_away(jnp.ones((4, 3))) == pytest.approx(1.)
  assert matching.pulling_away(jnp.eye(3)) == pytest.approx(0., abs=1e-6)


def moons(**options):
  source = data.make('moons', n=2000, labels=True, labelled=6, beside=True)
  return source, badgan.build(
      source.spec, nets=dict(name='mlp', hidden=(8,)), z=2, **OPTIMS, **options)


def test_parts_at_zero_logits_and_a_density_that_is_known():
  """One standard Gaussian, G's samples all at `at`; threshold remembered."""
  source, game = moons(
      density=dict(name='mixture', components=1, std=1.), low=2., low_n=64,
      sure=.3, pull=.5)
  state = start(game, source)
  params = jax.tree.map(jnp.zeros_like, dict(state.params))
  params['g']['Dense_1']['bias'] = jnp.float32([.6, .8])     # |x| = 1
  state = state.replace(params=params, memory=dict(threshold=jnp.float32(-3.)))
  batch = batches(source, game)
  after, found = jax.jit(functools.partial(G.play, game))(state, batch)
  np.testing.assert_allclose(found['d/adversarial'],
                             -.5 * np.log(2) + np.log(3), rtol=1e-6)
  np.testing.assert_allclose(found['d/sure'], .3 * np.log(2), rtol=1e-6)
  np.testing.assert_allclose(found['g/pull'], 0., atol=1e-6)   # features of 0
  log_p = -np.log(2 * np.pi) - .5
  np.testing.assert_allclose(found['g/low'], 2 * (log_p + 3), rtol=1e-5)
  assert found['g/below'] == 0
  # pretrain=0: the density is not fitted, and its threshold stays.
  assert np.isnan(found['p/p_loss']) and after.memory['threshold'] == -3.


def test_the_threshold_is_the_tenth_percentile_of_examples():
  source, game = moons(
      density=dict(name='mixture', components=1, std=1.), low=1., pretrain=10)
  state = start(game, source)
  batch = batches(source, game)
  state = state.replace(params={**state.params, 'p': jax.tree.map(
      jnp.zeros_like, state.params['p'])})
  after, found = jax.jit(functools.partial(G.play, game))(state, batch)
  x = np.asarray(batch['x'][-1], np.float64)
  log_p = -np.log(2 * np.pi) - (x ** 2).sum(1) / 2
  expected = np.quantile(log_p, .1)
  np.testing.assert_allclose(after.memory['threshold'], expected, rtol=1e-5)
  np.testing.assert_allclose(found['p/p_loss'], -log_p.mean(), rtol=1e-5)
  assert found['g/low'] == 0 and np.isnan(found['g/below'])
  again, _ = jax.jit(functools.partial(G.play, game))(after, batch)
  np.testing.assert_allclose(again.memory['threshold'], expected, rtol=1e-5)


def test_a_code_that_is_not_looked_for():
  """e gives 0: E -log N(z; 0, 1) of U(0, 1)^2 is log 2 pi + 1/3 on average."""
  source, game = moons(entropy=dict(name='mlp', hidden=(4,)), code=.1)
  assert game.players['g'].nets == ('g', 'e')
  state = start(game, source, 512)
  params = {**state.params, 'e': jax.tree.map(
      jnp.zeros_like, state.params['e'])}
  _, found = jax.jit(functools.partial(G.play, game))(
      state.replace(params=params), batches(source, game, 512))
  np.testing.assert_allclose(
      found['g/code'], .1 * (np.log(2 * np.pi) + 1 / 3), rtol=.02)


@pytest.mark.parametrize('options, message', [
    (dict(low=1.), 'belong together'), (dict(code=1.), 'belong together'),
    (dict(density=dict(name='mixture')), 'belong together'),
    (dict(density=dict(name='mixtur'), low=1.), "Did you mean 'mixture'"),
    (dict(match='square'), "Did you mean 'squares'")])
def test_what_cannot_be(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    moons(**options)
