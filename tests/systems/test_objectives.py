"""Objectives of two players, as systems: f-GAN, b-GAN, boundary seeking,
packing, the bottleneck. Losses have tests of their own."""

import functools
import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.eval import theory
from gans_jax.families import packing
from gans_jax.losses import adversarial
from gans_jax.systems import (
    b_gan, bs_gan, bs_gan_discrete, f_gan, gan, pacgan, vib_gan)
from tests.systems.test_exact import LINEAR, batches, start, with_d

STILL = dict(name='sgd', lr=0.)


def logged(module, logit, source=None, **options):
  """Metrics of one round in which D says `logit` of everything."""
  source = source or data.make('ring8', n=1000)
  game = module.build(source.spec, nets=LINEAR, z=2, g_optim=STILL,
                      d_optim=STILL, **options)
  state = with_d(start(game, source), np.zeros(2), logit)
  return jax.jit(functools.partial(G.play, game))(
      state, batches(source, game))[1]


@pytest.mark.parametrize('divergence, d_loss, g_loss', [
    (dict(name='kl'), np.exp(-1), -np.exp(-1)),       # -0 + e^{0 - 1}
    (dict(name='js'), 0., 0.),
    (dict(name='gan'), np.log(4), -np.log(2)),
    (dict(name='alpha', a=2.), 0., 0.)])
def test_f_gan_at_zero(divergence, d_loss, g_loss):
  found = logged(f_gan, 0., divergence=divergence)
  np.testing.assert_allclose(found['d/d_loss'], d_loss, atol=1e-6)
  np.testing.assert_allclose(found['g/g_loss'], g_loss, atol=1e-6)


@pytest.mark.parametrize('together', [True, False])
def test_f_gan_steps_are_simultaneous(together):
  """Whether D moves in this round matters to G's step only if D is first."""
  source, made = data.make('ring8', n=1000), []
  for lr in (0., .5):
    game = f_gan.build(source.spec, nets=LINEAR, z=2, together=together,
                       g_optim=dict(name='sgd', lr=.1),
                       d_optim=dict(name='sgd', lr=lr))
    state = with_d(start(game, source), [.3, .1])
    state, _ = jax.jit(functools.partial(G.play, game))(
        state, batches(source, game))
    made.append(state.params['g']['Dense_0']['kernel'])
  same = np.abs(made[0] - made[1]).max() < 1e-7
  assert same == together


def test_f_gan_claims_the_least_divergence():
  """configs/f_gan_fit.py has what quadrature finds: no neighbour is lower."""
  from gans_jax.losses import divergences
  best = importlib.import_module('configs.f_gan_fit').BEST
  p = lambda x: (.67 * theory.normal(-1, .6)(x) + .33 * theory.normal(1, .5)(x))
  np.testing.assert_allclose(best['kl'], (-.34, np.sqrt(1.2081)), atol=1e-3)
  with jax.enable_x64(True):
    for name, (mean, std) in best.items():
      f = divergences.make(name).f
      at = lambda m, s: theory.f_divergence(
          lambda u: np.asarray(f(jnp.maximum(u, 1e-300))), p,
          theory.normal(m, s), -7., 7., 4001)
      h, here = .01, at(mean, std)
      assert here < min(at(mean - h, std), at(mean + h, std),
                        at(mean, std - h), at(mean, std + h)), name


def test_b_gan_at_a_ratio_of_one():
  found = logged(b_gan, 0., f='pearson', surrogate='direct')
  np.testing.assert_allclose(found['d/d_loss'], -.5, rtol=1e-6)
  np.testing.assert_allclose(found['g/g_loss'], 0., atol=1e-6)
  found = logged(b_gan, 0., f='gan')
  np.testing.assert_allclose(found['d/d_loss'], np.log(4), rtol=1e-6)
  with pytest.raises(errors.ConfigError, match='relative'):
    logged(b_gan, 0., relative=1.)


@pytest.mark.parametrize('logit', [0., -.7, 2.])
def test_bs_gan_is_at_rest_where_d_says_one_half(logit):
  found = logged(bs_gan, logit)
  np.testing.assert_allclose(found['g/g_loss'], logit ** 2 / 2, atol=1e-6)
  np.testing.assert_allclose(
      found['d/d_loss'], np.logaddexp(0, logit) + np.logaddexp(0, -logit),
      rtol=1e-6)


def test_bs_gan_discrete_of_even_weights():
  """D and G that say nothing: L_G = 4 log 2 nats, whatever was drawn."""
  source = data.make('bits2x2', n=1000)
  game = bs_gan_discrete.build(source.spec, nets=LINEAR, z=4, samples=5,
                               g_optim=STILL, d_optim=STILL)
  state = with_d(start(game, source), np.zeros(4))
  state = state.replace(params={**state.params, 'g': jax.tree.map(
      jnp.zeros_like, state.params['g'])})
  _, found = jax.jit(functools.partial(G.play, game))(
      state, batches(source, game))
  np.testing.assert_allclose(found['g/g_loss'], 4 * np.log(2), rtol=1e-5)
  np.testing.assert_allclose(found['d/d_loss'], np.log(4), rtol=1e-6)
  one = G.sample(game, state, dict(x=jnp.zeros((500, 2, 2, 1))),
                 jax.random.key(0))['x']
  assert set(np.unique(one)) == {0., 1.} and abs(one.mean() - .5) < .05
  with pytest.raises(errors.ConfigError, match='range'):
    bs_gan_discrete.build(data.make('digits').spec)


def test_bs_gan_discrete_remembers_log_z():
  """s = 2 everywhere: log Z goes to 2 by .005 a step; the reward has the 1."""
  source = data.make('bits2x2', n=1000)
  game = bs_gan_discrete.build(
      source.spec, nets=LINEAR, z=4, samples=5, estimator='reinforce',
      g_optim=STILL, d_optim=STILL)
  state = with_d(start(game, source), np.zeros(4), 2.)
  state = state.replace(params={**state.params, 'g': jax.tree.map(
      jnp.zeros_like, state.params['g'])})
  play = jax.jit(functools.partial(G.play, game))
  state, found = play(state, batches(source, game))
  np.testing.assert_allclose(state.memory['log_z'], .01, rtol=1e-5)
  # log g = -4 log 2 of all samples.
  np.testing.assert_allclose(
      found['g/g_loss'], (2 - .01 - 1) * 4 * np.log(2), rtol=1e-5)
  state, _ = play(state, batches(source, game))
  np.testing.assert_allclose(state.memory['log_z'], .01995, rtol=1e-5)
  with pytest.raises(errors.ConfigError, match='reinforce'):
    bs_gan_discrete.build(source.spec, estimator='reinforced')


def test_packs_are_joined_along_channels():
  x = jnp.arange(24.).reshape(6, 2, 2, 1)
  packs = packing.packed(3)(None, x)
  assert packs.shape == (2, 2, 2, 3)
  for i in range(6):
    np.testing.assert_array_equal(packs[i // 3, ..., i % 3], x[i, ..., 0])
  with pytest.raises(errors.ConfigError, match='do not fill a batch of 6'):
    packing.packed(4)(None, x)
  with pytest.raises(errors.ConfigError, match='not of 0'):
    packing.packed(0)


def test_packing_widens_the_first_layer_of_d_alone():
  source = data.make('ring8', n=1000)
  nets = dict(name='mlp', hidden=(5, 3))
  plain = start(gan.build(source.spec, nets=nets, z=2), source).params
  packed = start(pacgan.build(source.spec, nets=nets, z=2, pack=4),
                 source).params
  shapes = lambda tree: jax.tree.map(jnp.shape, tree)
  assert shapes(plain['g']) == shapes(packed['g'])
  assert plain['d']['Dense_0']['kernel'].shape == (2, 5)
  assert packed['d']['Dense_0']['kernel'].shape == (8, 5)
  for layer in ('Dense_1', 'Dense_2'):
    assert shapes(plain['d'][layer]) == shapes(packed['d'][layer])


def test_packs_are_judged_by_a_linear_d():
  """s = sum of the first numbers of a pack: E s is m times E x_1."""
  source = data.make('ring8', n=1000)
  game = pacgan.build(source.spec, nets=LINEAR, z=2, pack=2, g_optim=STILL,
                      d_optim=STILL)
  state = with_d(start(game, source), [1., 0., 1., 0.])
  batch = batches(source, game)
  found = jax.jit(functools.partial(G.play, game))(state, batch)[1]
  np.testing.assert_allclose(
      found['d/real'], 2 * batch['x'][0, :, 0].mean(), rtol=1e-4)


def vib(mean, log_std, head=0., **options):
  """A bottleneck of 3 dimensions whose code is the same for every sample."""
  source = data.make('ring8', n=1000)
  game = vib_gan.build(source.spec, nets=LINEAR, z=2, latent=3, g_optim=STILL,
                       d_optim=STILL, **options)
  state = start(game, source)
  trunk = dict(kernel=jnp.zeros((2, 6)), bias=jnp.array(
      [mean] * 3 + [log_std] * 3, jnp.float32))
  d = dict(trunk=dict(Dense_0=trunk), head=dict(
      kernel=jnp.full((3, 1), head), bias=jnp.zeros(1)))
  assert jax.tree.map(jnp.shape, d) == jax.tree.map(
      jnp.shape, dict(state.params['d']))
  state = state.replace(params={**state.params, 'd': d})
  return (*jax.jit(functools.partial(G.play, game))(
      state, batches(source, game)), game)


def test_bottleneck_by_hand():
  """KL(1, 1/2) = .818147 an element; beta climbs alpha times the excess."""
  state, found, _ = vib(1., np.log(.5), information_limit=.5, rate=.1, beta=.2)
  kl = 3 * .818147
  np.testing.assert_allclose(found['d/kl'], kl, rtol=1e-5)
  np.testing.assert_allclose(found['d/bottleneck'], .2 * (kl - .5), rtol=1e-5)
  np.testing.assert_allclose(
      found['d/d_loss'], np.log(4) + .2 * (kl - .5), rtol=1e-5)
  # Once a round: G's move leaves it.
  np.testing.assert_allclose(
      state.memory['beta'], .2 + .1 * (kl - .5), rtol=1e-5)


@pytest.mark.parametrize('limit, beta', [(3 * .818147, .2), (100., 0.)])
def test_beta_rests_at_the_limit_and_stays_above_zero(limit, beta):
  state, _, _ = vib(1., np.log(.5), information_limit=limit, rate=.1, beta=.2)
  np.testing.assert_allclose(state.memory['beta'], beta, atol=1e-5)


def test_information_is_that_of_real_and_fake_samples_alike():
  """A code of mean x and std 1: KL is |x|^2 / 2, half of it from each."""
  source = data.make('ring8', n=1000)
  game = vib_gan.build(source.spec, nets=LINEAR, z=2, latent=2, g_optim=STILL,
                       d_optim=STILL)
  state = start(game, source)
  trunk = dict(kernel=jnp.eye(2, 4), bias=jnp.zeros(4))
  g = dict(Dense_0=dict(kernel=jnp.zeros((2, 2)), bias=jnp.array([3., 4.])))
  state = state.replace(params=dict(
      g=g, d=dict(state.params['d'], trunk=dict(Dense_0=trunk))))
  batch = batches(source, game)
  found = jax.jit(functools.partial(G.play, game))(state, batch)[1]
  real = np.mean(np.sum(np.square(batch['x'][-1]), 1)) / 2
  np.testing.assert_allclose(found['d/kl'], (real + 12.5) / 2, rtol=1e-4)


def test_no_weight_and_no_noise_is_gan():
  _, found, _ = vib(.4, -30., head=.5, rate=0., beta=0.)
  s = jnp.full(3, 3 * .4 * .5)
  np.testing.assert_allclose(
      found['d/d_loss'], adversarial.non_saturating.d(s, s), rtol=1e-5)
  np.testing.assert_allclose(
      found['g/g_loss'], adversarial.non_saturating.g(s), rtol=1e-5)


def test_code_is_noisy_in_training_and_its_mean_in_evaluation():
  state, _, game = vib(.4, 0., head=.5)
  d = lambda train, seed: game.nets['d'].apply(
      {'params': state.params['d']}, jnp.zeros((4, 2)), train=train,
      rngs=dict(noise=jax.random.key(seed)))
  np.testing.assert_allclose(d(False, 0), .6, rtol=1e-6)
  assert np.std(d(True, 0)) > .1 and (d(True, 0) != d(True, 1)).all()
