"""LFVI against posteriors in closed form, and who learns from what."""

import dataclasses
import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from configs import lfvi_gaussian
from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.data import simulators
from gans_jax.systems import lfvi

SGD = dict(name='sgd', lr=1e-2)
N = 50


def source(**options):
  return data.make('simulated', n=N, **options)


def everything(made):
  return {k: jnp.asarray(v) for k, v in made.batch(np.arange(N)).items()}


class ExactRatio(nn.Module):
  """log p(x | beta) of N(beta, 1), up to what does not depend on beta."""

  @nn.compact
  def __call__(self, x, beta, *, train):
    offset = self.param('offset', nn.initializers.zeros_init(), ())
    return -jnp.square(x[:, 0] - beta[:, 0]) / 2 + offset


def begun(game, batch):
  return jax.jit(functools.partial(G.init, game))(jax.random.key(0), batch)


def fitted(game, batch, rounds):
  state = begun(game, batch)
  batches = jax.tree.map(lambda x: x[None].repeat(game.batches, 0), batch)
  def one(state, _):
    state, logged = G.play(game, state, batches)
    return state, logged
  return jax.jit(lambda s: jax.lax.scan(one, s, None, rounds))(state)


def moved(game, index, state, batch):
  """State and metrics after a move alone."""
  return jax.jit(lambda s, b: G.simultaneous(
      game, [game.round[index]], s, b, jax.random.key(1)))(state, batch)


def test_with_the_exact_ratio_q_is_the_posterior():
  """N(xbar N / (N + 1), 1 / (N + 1)): sign, scale and KL of q's loss."""
  made = source()
  game = lfvi.build(made.spec, hidden=(4,), q_optim=dict(
      name='adam', lr=.03, b1=.9, decay=dict(name='linear', steps=1500)))
  game = dataclasses.replace(game, nets=dict(game.nets, r=ExactRatio()))
  batch = everything(made)
  _, logged = fitted(game, batch, 1500)
  mean = float(batch['x'].mean()) * N / (N + 1)
  assert abs(mean) > .5, 'the prior alone would do'
  np.testing.assert_allclose(logged['q/mean_0'][-1], mean, atol=.01)
  np.testing.assert_allclose(logged['q/std_0'][-1], 51 ** -.5, rtol=.05)


def test_the_ratio_is_0_where_the_model_is_the_data():
  """A linear r, whose loss is convex: log 4 at 0, least there and only there.

  With q at the mean of x, or far from it; the data often enough for its noise.
  """
  made = source()
  game = lfvi.build(made.spec, hidden=(), r_optim=dict(name='sgd', lr=1.))
  batch = {k: jnp.tile(v, (200, *[1] * (v.ndim - 1)))
           for k, v in everything(made).items()}
  state = begun(game, batch)
  r = jax.tree.map(jnp.zeros_like, state.params['r'])

  def slope(mean):
    q = dict(state.params['q'], mean=jnp.array([mean]),
             log_std=jnp.array([-20.]))
    after, logged = moved(game, 0, state.replace(
        params=dict(state.params, r=r, q=q)), batch)
    np.testing.assert_allclose(logged['r/r_loss'], np.log(4), rtol=1e-6)
    return max(jax.tree.leaves(jax.tree.map(
        lambda w: float(jnp.abs(w).max()), after.params['r'])))

  mean = float(batch['x'].mean())
  assert slope(mean) < .05 and slope(mean - 1) > .3


def test_kl_by_hand():
  made = source()
  game = lfvi.build(made.spec, hidden=(4,), prior_std=2., std=.5)
  batch = everything(made)
  state = begun(game, batch)
  params = dict(state.params, r=jax.tree.map(jnp.zeros_like,
                                             state.params['r']))
  params['q'] = dict(params['q'], mean=jnp.array([3.]))
  _, logged = moved(game, 1, state.replace(params=params), batch)
  want = (.5 ** 2 + 3 ** 2) / (2 * 2 ** 2) - np.log(.5 / 2) - .5
  np.testing.assert_allclose(logged['q/kl'], want, rtol=1e-5)
  np.testing.assert_allclose(logged['q/q_loss'], want / N, rtol=1e-5)


@pytest.mark.parametrize('simulator', ['gaussian', 'hierarchy'])
def test_the_ratio_sees_q_and_does_not_move_it(simulator):
  """The loss of r depends on q's params; its step leaves them alone."""
  made = source()
  game = lfvi.build(made.spec, simulator=dict(name=simulator), hidden=(4,),
                    r_optim=SGD, q_optim=SGD)
  batch = everything(made)
  state = begun(game, batch)
  assert ('e' in game.nets) == (simulator == 'hierarchy')

  def loss(q):
    turn = G.Turn(game, state, batch, jax.random.key(2),
                  params=dict(state.params, q=q))
    return game.round[0].loss(turn)
  assert np.abs(jax.jit(jax.grad(loss))(state.params['q'])['mean']) > 0
  after, _ = moved(game, 0, state, batch)
  for net in set(game.nets) - {'r'}:
    jax.tree.map(np.testing.assert_array_equal, after.params[net],
                 state.params[net])
  after, _ = moved(game, 1, state, batch)
  jax.tree.map(np.testing.assert_array_equal, after.params['r'],
               state.params['r'])


def test_simulators_draw_what_they_say():
  beta = jnp.full((20_000, 1), .7)
  x, z = simulators.make('gaussian', std=2.).draw(jax.random.key(0), beta)
  assert z.shape == (20_000, 0)
  np.testing.assert_allclose([x.mean(), x.std()], [.7, 2.], atol=.05)
  x, z = simulators.make('hierarchy', std=2., local_std=.5).draw(
      jax.random.key(1), beta)
  np.testing.assert_allclose([z.mean(), z.std()], [.7, .5], atol=.02)
  np.testing.assert_allclose(
      [x.std(), (x - z).std()], [4.25 ** .5, 2.], atol=.05)


def test_prey_and_predators_keep_what_lotka_and_volterra_keep():
  """Without noise, d u - c log u + b v - a log v is constant in time.

  Whose rates are a, b for prey and d, c for predators, from u = v = 1.
  """
  rates = np.array([.9, 1.3, .6, 1.1])
  model = simulators.make('predator_prey', noise=0., steps=400, points=8)
  x, _ = model.draw(jax.random.key(0), jnp.log(jnp.asarray(rates))[None])
  assert x.shape == (1, 8, 2)
  a, b, d, c = rates
  u, v = np.exp(np.asarray(x[0], np.float64)).T
  kept = d * u - c * np.log(u) + b * v - a * np.log(v)
  assert np.ptp(u) > .1
  np.testing.assert_allclose(kept, d + b, rtol=2e-3)


def test_data_of_a_simulator():
  a, b = source(seed=1), source(seed=1)
  np.testing.assert_array_equal(everything(a)['x'], everything(b)['x'])
  assert (everything(source(split='test'))['x'] != everything(
      source())['x']).all()
  assert a.spec.shapes['x'] == (1,) and len(a) == N


@pytest.mark.parametrize('build, message', [
    (lambda: source(beta=(1., 2.)), 'has 1 parameters'),
    (lambda: source(simulator='gausian'), "Did you mean 'gaussian'"),
    (lambda: source(split='tset'), "Did you mean 'test'"),
    (lambda: source(seed=-1), 'seed=-1'),
    (lambda: lfvi.build(source().spec, simulator=dict(name='predator_prey')),
     r'draws x of shape \[20, 2\]'),
    (lambda: lfvi.build(source().spec, simulator=dict(name='x')),
     "unknown simulator 'x'"),
])
def test_mistakes(build, message):
  with pytest.raises(errors.ConfigError, match=message):
    build()


def test_the_claim_is_of_the_posterior():
  config = lfvi_gaussian.get_config()
  options = dict(config.data)
  made = data.make(options.pop('name'), **options)
  mean = float(everything(made)['x'].mean()) * N / (N + 1)
  np.testing.assert_allclose(lfvi_gaussian.MEAN, mean, atol=5e-4)
  np.testing.assert_allclose(lfvi_gaussian.STD, (N + 1) ** -.5, atol=1e-6)
