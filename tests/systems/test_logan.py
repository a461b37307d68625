"""Latent optimisation: closed forms, second order, and the whole game."""

import functools
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.families import latent_optimisation as lo
from gans_jax.systems import wgan_gp
from tests.systems.test_exact import batches, start

A = jnp.array([3., -4.])    # |a|^2 = 25
Z = jnp.asarray(np.random.default_rng(0).uniform(-.4, .4, (32, 2)),
                jnp.float32)


def turn(logged=None):
  log = lambda **v: logged is not None and logged.update(v)
  return types.SimpleNamespace(key=lambda: jax.random.key(1), log=log)


@pytest.mark.parametrize('step, size', [
    ('gradient', .1), ('natural', .1 / (2. + 25.))])
def test_steps_of_a_linear_critic(step, size):
  """d(a z)/dz = a: dz = alpha a, or alpha a / (beta + |a|^2)."""
  logged = {}
  move = lo.refine(step, alpha=.1, beta=2., weight=3., clip=0.)
  moved, cost = move(turn(logged), Z, lambda z: z @ A)
  np.testing.assert_allclose(moved - Z, size * np.tile(A, (32, 1)), rtol=1e-4)
  np.testing.assert_allclose(cost, 3 * 25 * size ** 2, rtol=1e-5)
  np.testing.assert_allclose(logged['latent_step'], 5 * size, rtol=1e-5)


def test_natural_gradient_is_that_of_the_damped_fisher_matrix():
  g = np.random.default_rng(1).normal(size=(5, 3))
  for row, found in zip(g, lo.natural(jnp.asarray(g), .9, .1)):
    fisher = np.outer(row, row) + .1 * np.eye(3)
    np.testing.assert_allclose(
        found, .9 * np.linalg.solve(fisher, row), rtol=1e-4)


def test_box_and_share():
  move = lo.refine('gradient', alpha=1., clip=1.)
  moved, _ = move(turn(), Z, lambda z: z @ A)
  np.testing.assert_array_equal(moved, np.tile([1., -1.], (32, 1)))
  some, cost = lo.refine('gradient', 1., weight=1., clip=0., share=.5)(
      turn(), Z, lambda z: z @ A)
  went = np.abs(some - Z).max(1) > 0
  assert 8 < went.sum() < 24
  np.testing.assert_allclose(cost, 25 * went.mean(), rtol=1e-5)


@pytest.mark.parametrize('step', ['gradient', 'natural'])
def test_gradients_flow_through_the_step(step):
  """As finite differences say, for D's params and for G's; not without it."""
  with jax.enable_x64(True):
    rng = np.random.default_rng(2)
    params = jax.tree.map(jnp.asarray, dict(
        g=rng.normal(size=(2, 3)), d=rng.normal(size=(3,))))
    direction = jax.tree.map(
        lambda x: jnp.asarray(rng.normal(size=x.shape)), params)
    move = lo.refine(step, alpha=.3, beta=.5, weight=.2, clip=0.)
    z = jnp.asarray(rng.normal(size=(16, 2)))

    def loss(params, through=True):
      score = lambda z: jnp.tanh(jnp.tanh(z @ params['g']) @ params['d'])
      moved, cost = move(turn(), z, score)
      if not through:
        moved, cost = jax.lax.stop_gradient((moved, cost))
      return -jnp.mean(score(moved)) + cost

    at = lambda e: loss(jax.tree.map(
        lambda p, d: p + e * d, params, direction))
    numeric = (at(1e-5) - at(-1e-5)) / 2e-5
    along = lambda g: sum(jax.tree.leaves(jax.tree.map(
        lambda a, b: jnp.sum(a * b), g, direction)))
    whole = along(jax.grad(loss)(params))
    np.testing.assert_allclose(whole, numeric, rtol=1e-7)
    first_order = along(jax.grad(lambda p: loss(p, False))(params))
    assert abs(first_order - numeric) > .03 * abs(numeric)


LATENT = dict(step='gradient', alpha=.1, weight=.5, clip=0.)


@pytest.fixture(scope='module')
def played():
  """A Wasserstein game of linear nets, with and without: state, logs, after."""
  source, out = data.make('ring8', n=1000), []
  sgd = dict(name='sgd', lr=1.)
  for parts in ({}, dict(latent=LATENT)):
    game = wgan_gp.build(
        source.spec, nets=dict(name='mlp', hidden=()), z=3, weight=0.,
        n_critic=1, g_optim=sgd, d_optim=sgd, parts=parts)
    state, batch = start(game, source), batches(source, game)
    steps = {}
    for item in game.round:
      steps[item.player] = jax.jit(lambda s, b, m=item, game=game: (
          G.simultaneous(game, m.moves, s, b, jax.random.key(5))))(
              state, {k: v[0] for k, v in batch.items()})
    out.append((state, steps))
  return out


def test_both_players_meet_the_better_z(played):
  """D(G(z')) = D(G(z)) + alpha |A w|^2, of the same z; |dz|^2 costs both."""
  (state, plain), (_, moved) = played
  w = state.params['d']['Dense_0']['kernel'][:, 0]
  a = state.params['g']['Dense_0']['kernel']
  rise = .1 * jnp.sum(jnp.square(a @ w))
  cost = .5 * .1 * rise
  np.testing.assert_allclose(
      moved['d'][1]['d/fake'], plain['d'][1]['d/fake'] + rise, rtol=1e-4)
  for player, sign in dict(d=1., g=-1.).items():
    name = f'{player}/{player}_loss'
    np.testing.assert_allclose(
        moved[player][1][name],
        plain[player][1][name] + sign * rise + cost, rtol=1e-4)


def test_params_move_by_the_second_order_terms(played):
  """d/dw alpha |A w|^2 = 2 alpha A'A w: half of it is D's own, half is dz's."""
  (state, plain), (_, moved) = played
  w = state.params['d']['Dense_0']['kernel'][:, 0]
  a = state.params['g']['Dense_0']['kernel']
  # Loss: +-(alpha |A w|^2) + weight alpha^2 |A w|^2, rate 1, downhill.
  for player, net, sign, of in (
      ('d', 'd', 1., lambda: 2 * (a.T @ a @ w)),
      ('g', 'g', -1., lambda: 2 * jnp.outer(a @ w, w))):
    step = lambda found: np.squeeze(
        found[player][0].params[net]['Dense_0']['kernel'])
    factor = sign * .1 + .5 * .1 ** 2
    np.testing.assert_allclose(
        step(moved) - step(plain), -factor * of(), rtol=2e-3, atol=1e-5)


def test_sampling_is_from_the_prior():
  """z' is of training: samples are those of the game without the part."""
  source, made = data.make('ring8', n=1000), []
  for parts in ({}, dict(latent=LATENT)):
    game = wgan_gp.build(source.spec, nets=dict(name='mlp', hidden=()), z=3,
                         parts=parts)
    state = start(game, source)
    made.append(jax.jit(functools.partial(G.sample, game))(
        state, {k: v[0] for k, v in batches(source, game).items()},
        jax.random.key(0))['x'])
  np.testing.assert_array_equal(*made)


@pytest.mark.parametrize('options, message', [
    (dict(step='newton'), "unknown step of latent optimisation 'newton'"),
    (dict(beta=0.), 'beta=0.0 above 0'), (dict(share=0.), r'share=0.0 in')])
def test_mistakes(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    lo.refine(**options)
