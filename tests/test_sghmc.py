"""SGHMC against its stationary distribution, and its noise against copies."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import errors, optim
from gans_jax import game as G
from gans_jax.data.spec import Spec
from gans_jax.systems import gan

ETA, ALPHA = 1e-3, .1


def chains(tx, gradient, start, steps, thin=1):
  """Params [steps, ...] of a run from `start`."""
  def one(carry, _):
    params, state = carry
    updates, state = tx.update(gradient(params), state, params)
    params = optax.apply_updates(params, updates)
    return (params, state), params
  run = jax.jit(lambda p: jax.lax.scan(one, (p, tx.init(p)), None, steps))
  return np.asarray(run(start)[1])[::thin]


def stationary(eta, alpha, curvature=1.):
  """Covariance of (theta, v): P = A P A' + Q, solved as a linear system.

  v' = (1 - alpha) v - eta theta + n and theta' = theta + v', with n of the
  variance 2 alpha eta.
  """
  v = np.array([-eta * curvature, 1 - alpha])
  a = np.stack([v + [1, 0], v])
  q = np.full((2, 2), 2 * alpha * eta)
  p = np.linalg.solve(np.eye(4) - np.kron(a, a), q.ravel())
  return p.reshape(2, 2)


def test_stationary_variance_in_discrete_time():
  # Of the continuous time 1; the step's error is of order eta.
  np.testing.assert_allclose(stationary(ETA, ALPHA)[0, 0], 1.00026, atol=1e-5)


def test_samples_of_a_gaussian():
  tx = optim.make(lr=ETA, name='sghmc', alpha=ALPHA, temperature=1.)
  start = jax.random.normal(jax.random.key(7), (256,))
  found = chains(tx, lambda p: p, start, 6000)[1000:]
  assert abs(found.var() - 1) < .05
  assert abs(found.mean()) < .1


def test_temperature_scales_the_posterior():
  """Losses are means over N = 50: variance 1 / N at curvature 1."""
  n = 50
  tx = optim.make(lr=ETA * n, name='sghmc', alpha=ALPHA, temperature=1 / n)
  found = chains(tx, lambda p: p, jnp.zeros(512), 2000)[500:]
  want = stationary(ETA * n, ALPHA)[0, 0] / n
  np.testing.assert_allclose(found.var(), want, rtol=.05)


def test_without_noise_it_ends_at_the_maximum_of_the_posterior():
  """U = N ||theta - mean||^2 / 2 + theta^2 / (2 sigma^2), over N."""
  n, sigma, mean = 20, .5, jnp.array([1., -3.])
  tx = optim.make(lr=.1, name='sghmc', alpha=.2)
  u = lambda p: jnp.sum((p - mean) ** 2) / 2 + jnp.sum(p ** 2) / (
      2 * n * sigma ** 2)
  last = chains(tx, jax.grad(u), jnp.zeros(2), 400)[-1]
  np.testing.assert_allclose(last, mean * n / (n + 1 / sigma ** 2), rtol=1e-5)


def test_noise_off_is_momentum_sgd_and_burn_in_is_adam():
  gradient = jax.grad(lambda p: jnp.sum(jnp.cos(p)))
  start = jnp.array([.3, 1.])
  sgd = chains(optax.sgd(.05, momentum=.9), gradient, start, 20)
  got = chains(optim.make(lr=.05, name='sghmc', alpha=.1), gradient, start, 20)
  np.testing.assert_allclose(got, sgd, rtol=1e-5)
  adam = chains(optax.adam(.01, b1=.5), gradient, start, 5)
  both = chains(optim.make(
      lr=.05, name='sghmc', alpha=.1, burn_in=5, burn_lr=.01), gradient, start,
      25)
  np.testing.assert_allclose(both[:5], adam, rtol=1e-5)
  after = chains(optax.sgd(.05, momentum=.9), gradient,
                 jnp.asarray(adam[-1]), 20)
  np.testing.assert_allclose(both[5:], after, rtol=1e-5)


def test_the_step_size_may_fall():
  tx = optim.make(lr=1., name='sghmc', alpha=1., decay=dict(
      name='linear', steps=4))
  path = chains(tx, lambda p: jnp.ones(()), jnp.zeros(()), 3)
  np.testing.assert_allclose(path, [-1., -1.75, -2.25], rtol=1e-6)


@pytest.mark.parametrize('wrong', [
    dict(alpha=0.), dict(alpha=1.5), dict(temperature=-1.)])
def test_mistakes(wrong):
  with pytest.raises(errors.ConfigError, match='alpha'):
    optim.make(lr=.1, name='sghmc', **wrong)


SPEC = Spec('points', 'train', 100, dict(x=(2,)), dict(x='float32'))


def test_players_and_seeds_have_noise_of_their_own():
  """The key of the noise is the run's: seeds of one program differ, too."""
  tx = dict(name='sghmc', lr=1e-3, temperature=1.)
  game = gan.build(SPEC, nets=dict(name='mlp', hidden=(3,)), z=2, g_optim=tx,
                   d_optim=tx)
  batch = dict(x=jnp.ones((4, 2)))
  make = jax.jit(functools.partial(G.init, game))
  keys = [make(jax.random.key(s), batch).opt[p].key for s in (0, 1)
          for p in 'dg']
  data = {tuple(np.asarray(jax.random.key_data(k))) for k in keys}
  assert len(data) == 4
  again = make(jax.random.key(1), batch).opt['g'].key
  assert tuple(np.asarray(jax.random.key_data(again))) in data
