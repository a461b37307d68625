"""AEGAN and AnoGAN: closed forms, what stands still, what is searched for."""

import functools
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.families import inverter, priors
from gans_jax.families.search import search
from gans_jax.losses import reconstruction
from gans_jax.systems import aegan, anogan, autoencoding_gan

SGD = dict(name='sgd', lr=.05)
ADAM = dict(name='adam', lr=1e-2)
LINEAR = dict(name='mlp', hidden=())
SMALL = dict(name='mlp', hidden=(8,), norm='batch', d_norm='batch')


@functools.cache
def points(n=64, dims=3):
  """A source of points, whose values no test looks at."""
  x = np.random.default_rng(0).normal(size=(n, dims)).astype(np.float32)
  return data.arrays(x)


def batch(n=16, seed=0, dims=3):
  return dict(x=jax.random.normal(jax.random.key(seed), (n, dims)))


def start(game, n=16):
  return jax.jit(functools.partial(G.init, game))(jax.random.key(0), batch(n))


def linear_g(state, a):
  """G(z) = A z."""
  dense = dict(kernel=jnp.asarray(a.T), bias=jnp.zeros(len(a)))
  return state.replace(params={**state.params, 'g': dict(Dense_0=dense)})


def matrix(rows=3, columns=2):
  return np.random.default_rng(1).normal(size=(rows, columns)).astype(
      np.float32)


def turn(game, state, n=16, seed=1, **values):
  return G.Turn(game, state, {**batch(n), **values}, jax.random.key(seed),
                train=False)


def frozen_fields(state):
  """Everything of the two players of the GAN."""
  return {f'{field}/{name}': value
          for field in ('params', 'stats', 'opt')
          for name, value in getattr(state, field).items() if name in 'gd'}


def same(a, b):
  return jax.tree.all(jax.tree.map(
      lambda x, y: bool((np.asarray(x) == np.asarray(y)).all()), a, b))


@pytest.mark.parametrize('game', [
    pytest.param(lambda: aegan.build(
        points().spec, start=2, nets=SMALL, z=4, compare=True, g_optim=ADAM,
        d_optim=ADAM, e_optim=ADAM), id='aegan'),
    pytest.param(lambda: anogan.build(
        points().spec, encoder=dict(start=2), z=4, n_critic=2, penalty=10.,
        objective='wasserstein', nets=dict(SMALL, d_norm='layer'),
        e_nets=dict(norm='batch'), g_optim=ADAM, d_optim=ADAM, e_optim=ADAM),
        id='f-anogan')])
def test_two_stages_of_which_each_leaves_the_other_as_it_was(game):
  game = game()
  state = start(game)
  play = jax.jit(functools.partial(G.play, game))
  batches = {'x': jnp.stack([batch(seed=i)['x'] for i in range(
      game.batches)])}
  others = [name for name in game.players if name not in 'gd']
  for step in range(4):
    before = state
    state, metrics = play(state, batches)
    first = step < 2
    for name, value in frozen_fields(before).items():
      # A net without statistics has none to change.
      if jax.tree.leaves(value):
        assert same(value, frozen_fields(state)[name]) == (not first), name
    for name in others:
      for field in ('params', 'opt'):
        assert same(getattr(before, field)[name],
                    getattr(state, field)[name]) == first
      assert np.isnan(metrics[f'{name}/e_loss']) == first
    assert np.isnan(metrics['d/d_loss']) == (not first)
  assert state.stats['g']['batch_stats'], 'BatchNorm was to be tested'


def test_aegan_of_a_linear_g_is_its_pseudo_inverse():
  game = aegan.build(points().spec, start=0, nets=LINEAR, z=2, prior='normal',
                     g_optim=SGD, d_optim=SGD,
                     e_optim=dict(name='adam', lr=.05, decay=dict(
                         name='cosine', steps=1500)))
  a = matrix()
  state = linear_g(start(game, 64), a)
  state, metrics = jax.jit(lambda s: jax.lax.scan(
      lambda s, _: G.play(game, s, {'x': batch(64)['x'][None]}), s,
      length=1500))(state)
  assert metrics['e/e_loss'][-1] < 1e-8 and metrics['e/relative'][-1] < 1e-8
  e = np.asarray(state.params['e']['Dense_0']['kernel']).T     # [2, 3]
  # On the column space of A, all that E has seen, E = A^+.
  np.testing.assert_allclose(e @ a, np.eye(2), atol=1e-3)
  np.testing.assert_allclose(state.params['e']['Dense_0']['bias'], 0, atol=1e-3)
  np.testing.assert_allclose(a @ e @ a @ np.linalg.pinv(a),
                             a @ np.linalg.pinv(a), atol=1e-3)


def test_losses_by_hand():
  """Each of the losses on nets that are matrices."""
  a, b = matrix(), matrix(2, 3) * .3
  game = types.SimpleNamespace(nets={}, spread=lambda x: x)
  t = G.Turn(game, G.State(
      step=0, key=None, params={}, stats={}, opt={}, ema={}, memory={}),
             batch(), jax.random.key(0))
  t.apply = lambda name, v, train, features=False: (
      (None, v @ jnp.asarray([[1.], [2.], [3.]])) if features else v @ a.T)
  code, x, f = lambda t, x: x @ b.T, batch()['x'], np.array([1., 2., 3.])
  z = np.asarray(batch(seed=7, dims=2)['x'])
  prior = lambda t: jnp.asarray(z)
  measure = lambda kappa: inverter.discrepancy(
      reconstruction.mean_square, f_weight=kappa)
  x = np.asarray(x)
  gap = x - x @ b.T @ a.T
  izi = np.mean(gap ** 2)
  assert inverter.of_real(measure(0.))(t, code) == pytest.approx(izi, rel=1e-5)
  assert inverter.of_real(measure(.5))(t, code) == pytest.approx(
      izi + .5 * np.mean((gap @ f) ** 2), rel=1e-5)
  made = z @ a.T
  assert inverter.of_codes(prior)(t, code) == pytest.approx(
      np.mean((z - made @ b.T) ** 2), rel=1e-5)
  left = made - made @ b.T @ a.T
  assert inverter.of_generated(measure(0.), prior)(t, code) == pytest.approx(
      np.mean(left ** 2), rel=1e-5)
  assert t.metrics['relative'] == pytest.approx(
      np.mean(left ** 2) / made.var(0).mean(), rel=1e-5)


def of_search(**options):
  game = anogan.build(points().spec, nets=LINEAR, z=2, prior='normal',
                      search=options, g_optim=SGD, d_optim=SGD)
  return game, linear_g(start(game), matrix())


def test_anogan_of_a_linear_g_projects_onto_its_range():
  game, state = of_search(steps=2500, lr=.02, weight=0., error='sum_square')
  a, x = matrix(), np.asarray(batch()['x'])
  inverse = np.linalg.pinv(a)
  z = jax.jit(lambda: game.encoders['z'](turn(game, state)))()
  np.testing.assert_allclose(z, x @ inverse.T, atol=2e-3)
  score = jax.jit(lambda: game.heads['anomaly'](turn(game, state)))()
  left = x @ (np.eye(3) - a @ inverse).T
  np.testing.assert_allclose(score, np.sum(left ** 2, 1), atol=1e-4)


def test_the_score_is_the_weighted_sum_of_both_residuals():
  """With no step of the search, z is the prior's: all is known."""
  game, state = of_search(steps=0, weight=.3)
  x = np.asarray(batch()['x'])
  score = game.heads['anomaly'](turn(game, state))
  z = game.encoders['z'](turn(game, state))
  gap = x - np.asarray(z) @ matrix().T
  # f of a D without hidden layers is its input.
  np.testing.assert_allclose(score, (.7 + .3) * np.abs(gap).sum(1), rtol=1e-5)


def test_a_code_does_not_hang_on_its_neighbours():
  """With D's features, and BatchNorm in both nets."""
  game = anogan.build(points().spec, nets=SMALL, z=4, prior='normal',
                      search=dict(steps=20, lr=.05), g_optim=SGD, d_optim=SGD)
  state = start(game)
  score = jax.jit(lambda x: [f(turn(game, state, x=x)) for f in (
      game.encoders['z'], game.heads['anomaly'])])
  x = batch()['x']
  other = jnp.concatenate([x[:1], 100 * batch(seed=5)['x'][1:]])
  for a, b in zip(score(x), score(other), strict=True):
    np.testing.assert_allclose(a[0], b[0], rtol=1e-5, atol=1e-6)
    assert (np.abs(a[1:] - b[1:]) > 1e-3).any()
  # A mean over the batch would make the costs of one fall with their number.
  cost = lambda z: jnp.sum(jnp.square(z - 1.), -1)
  one, _ = search(cost, jnp.zeros((1, 2)), steps=3)
  four, costs = search(cost, jnp.zeros((4, 2)), steps=3)
  np.testing.assert_array_equal(one[0], four[0])
  assert costs.shape == (3, 4) and (np.diff(costs, axis=0) < 0).all()
  np.testing.assert_allclose(search(cost, jnp.zeros((1, 2)), steps=1)[0], .01,
                             rtol=1e-5)    # Adam's first step is its rate


@pytest.mark.parametrize('prior, low, high', [
    ('uniform', -1, 1), ('uniform01', 0, 1),
    ('uniform_unit', -3 ** .5, 3 ** .5)])
def test_codes_stay_within_a_bounded_prior(prior, low, high):
  codes = inverter.SQUASH[prior](jnp.asarray([-50., 0., 50.]))
  np.testing.assert_allclose(codes, [low, (low + high) / 2, high], atol=1e-6)


def test_codes_of_a_narrow_prior_begin_as_narrow():
  h = jnp.asarray([-1., 0., 2.])
  np.testing.assert_allclose(inverter.SQUASH['narrow'](h), .1 * h)
  drawn = priors.make('narrow', 50)(types.SimpleNamespace(
      normal=lambda z: jax.random.normal(jax.random.key(0), (100, z))))
  np.testing.assert_allclose(np.std(drawn), .1, rtol=.05)
  np.testing.assert_allclose(priors.OF_NORMAL['narrow'](h), .1 * h)


@pytest.mark.parametrize('build, message', [
    (lambda s: aegan.build(s, start=-1, nets=LINEAR), '-1 rounds of the GAN'),
    (lambda s: aegan.build(s, start=1, nets=LINEAR, loss='imge'),
     "Did you mean 'image'"),
    (lambda s: aegan.build(s, start=1, nets=LINEAR, e_nets=dict(hiden=(4,))),
     "Did you mean 'hidden'"),
    (lambda s: anogan.build(s, nets=LINEAR, search={}, encoder={}),
     'by an encoder, or by a search'),
    (lambda s: anogan.build(s, nets=LINEAR, search=dict(step=4)),
     "Did you mean 'steps'"),
    (lambda s: anogan.build(s, nets=LINEAR, encoder=dict(loss='izif')),
     "Did you mean 'izi_f'"),
])
def test_mistakes(build, message):
  with pytest.raises(errors.ConfigError, match=message):
    build(points().spec)


def cycles(**options):
  """An autoencoding GAN whose G and E are linear, and D, D_z too."""
  return autoencoding_gan.build(
      points().spec, nets=LINEAR, z_hidden=(), z=2, g_optim=SGD, d_optim=SGD,
      **options)


def with_linear(state, **matrices):
  """Nets that are x -> A x; those that give one number have it as [n]."""
  dense = lambda a: dict(Dense_0=dict(
      kernel=jnp.asarray(a.T), bias=jnp.zeros(len(a))))
  return state.replace(params={**state.params, **{
      k: dense(a) for k, a in matrices.items()}})


def loss_of(game, state, player):
  move = next(m for m in game.round if m.player == player)
  return float(move.loss(turn(game, state)))


def test_the_losses_of_an_autoencoding_gan_are_those_of_the_paper():
  game = cycles(x_weight=10., z_weight=5., x_cost=.3, z_cost=.7)
  a, b, u, v = matrix(3, 2), matrix(2, 3), matrix(1, 3), matrix(1, 2)
  state = with_linear(start(game), g=a, e=b, d=u, d_z=v)
  x, z = (np.asarray(value) for value in (
      batch()['x'], game.latents['z'].draw(turn(game, state))))
  fakes = dict(d=(x, z @ a.T, x @ b.T @ a.T), d_z=(z, x @ b.T, z @ a.T @ b.T))
  sp = lambda s: np.log1p(np.exp(s)).mean()
  said = {k: [r @ w[0] for r in fakes[k]] for k, w in dict(d=u, d_z=v).items()}
  wanted = sum(sp(-real) + (sp(hat) + sp(tilde)) / 2
               for real, hat, tilde in said.values())
  assert loss_of(game, state, 'd') == pytest.approx(wanted, rel=1e-5)
  wanted = (10 * np.abs(x - fakes['d'][2]).mean()
            + 5 * np.square(z - fakes['d_z'][2]).mean()
            + .3 * (sp(-said['d'][1]) + sp(-said['d'][2])) / 2
            + .7 * (sp(-said['d_z'][1]) + sp(-said['d_z'][2])) / 2)
  assert loss_of(game, state, 'g') == pytest.approx(wanted, rel=1e-5)


def test_inverse_nets_close_the_cycle_of_codes():
  game = cycles(x_weight=0., z_weight=1., x_cost=0., z_cost=0.)
  a = matrix()
  state = with_linear(start(game), g=a, e=np.linalg.pinv(a))
  assert loss_of(game, state, 'g') < 1e-9
  assert loss_of(game, with_linear(state, e=a.T), 'g') > .01
