"""Optimizers against numpy and against what their docstrings promise."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import errors, optim


def run(tx, grads, p=1.0):
  params = dict(w=jnp.asarray(p))
  state, path = tx.init(params), []
  for g in grads:
    updates, state = tx.update(dict(w=jnp.asarray(g)), state, params)
    params = optax.apply_updates(params, updates)
    path.append(float(params['w']))
  return np.array(path)


GRADS = [0.3, -1.0, 2.0, 0.5]


def test_adam_is_kingma_and_ba():
  lr, b1, b2, eps = 0.1, 0.5, 0.9, 1e-8
  m = v = 0.
  p, want = 1., []
  for t, g in enumerate(GRADS, 1):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    p -= lr * (m / (1 - b1 ** t)) / (np.sqrt(v / (1 - b2 ** t)) + eps)
    want.append(p)
  got = run(optim.make(lr=lr, name='adam', b1=b1, b2=b2), GRADS)
  np.testing.assert_allclose(got, want, rtol=1e-5)


def test_rmsprop_is_pytorchs():
  lr, a, eps = 0.1, 0.9, 1e-2
  v, p, want = 0., 1., []
  for g in GRADS:
    v = a * v + (1 - a) * g * g
    p -= lr * g / (np.sqrt(v) + eps)
    want.append(p)
  got = run(optim.make(lr=lr, name='rmsprop', b2=a, eps=eps), GRADS)
  np.testing.assert_allclose(got, want, rtol=1e-5)


def test_sgd_momentum_ramps():
  lr, v, p, want = 0.1, 0., 1., []
  for t, g in enumerate(GRADS):
    v = (0.5 + (0.7 - 0.5) * min(t / 2, 1)) * v + g
    p -= lr * v
    want.append(p)
  got = run(optim.make(lr=lr, name='sgd', momentum=0.5, final_momentum=0.7,
                       momentum_steps=2), GRADS)
  np.testing.assert_allclose(got, want, rtol=1e-5)


@pytest.mark.parametrize('decay, want', [
    (None, [1., 1., 1.]),
    (dict(name='linear', steps=4), [1., .5, 0.]),
    (dict(name='linear', steps=4, start=2), [1., 1., 0.]),
    (dict(name='cosine', steps=4), [1., .5, 0.]),
    (dict(name='exponential', rate=0.5, end=0.1), [1., .25, .1]),
])
def test_decays(decay, want):
  path = run(optim.make(lr=1., name='sgd', decay=decay), [1.] * 6, p=0.)
  rates = -np.diff([0., *path])
  np.testing.assert_allclose(rates[[0, 2, 4]], want, atol=1e-6)


def test_clipping_is_idempotent_and_holds_after_every_step():
  path = run(optim.make(lr=1., name='sgd', clip=0.25), [3., -3., .1, 0.], p=.2)
  np.testing.assert_allclose(path, [-.25, .25, .15, .15], atol=1e-6)


def test_weight_decay_is_the_l2_penalty():
  path = run(optim.make(lr=.1, name='sgd', weight_decay=.5), [0., 0.])
  np.testing.assert_allclose(path, [.95, .95 ** 2], rtol=1e-6)


def test_norm_clipping():
  path = run(optim.make(lr=1., name='sgd', max_norm=.5), [3.], p=1.)
  np.testing.assert_allclose(path, [.5], rtol=1e-6)


def test_lazy_correction_is_stylegan2s():
  got = optim.lazy(dict(name='adam', lr=.002, b1=.0, b2=.99), 16)
  np.testing.assert_allclose([got['lr'], got['b1'], got['b2']],
                             [.002 * 16 / 17, 0., .99 ** (16 / 17)])
  assert optim.lazy(dict(name='sgd', lr=1.), 4) == dict(name='sgd', lr=1.)


@pytest.mark.parametrize('config, message', [
    (dict(lr=1., name='adm'), "Did you mean 'adam'"),
    (dict(lr=1., beta1=.5), "argument of optimizer 'adam' 'beta1'"),
    (dict(lr=1., decay=dict(name='liner', steps=1)), "Did you mean 'linear'"),
    (dict(lr=1., decay=dict(name='linear')), "needs 'steps'"),
])
def test_unknown_names(config, message):
  with pytest.raises(errors.ConfigError, match=message):
    optim.make(**config)


def test_under_jit_and_with_trees():
  tx = optim.make(lr=1e-3, clip=0.01)
  params = dict(a=jnp.ones((2, 3)), b=dict(c=jnp.zeros(4)))
  updates, _ = jax.jit(tx.update)(params, tx.init(params), params)
  assert np.abs(optax.apply_updates(params, updates)['a']).max() <= 0.01


def test_historical_average_by_hand():
  """2 w (p - mean of all p so far), beside the gradient."""
  tx = optim.historical_average(.5)
  update = jax.jit(tx.update)
  state, seen = tx.init(dict(a=jnp.zeros(2))), []
  for p in np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32):
    seen.append(p)
    g, state = update(dict(a=jnp.ones(2)), state, dict(a=p))
    np.testing.assert_allclose(g['a'], 1 + (p - np.mean(seen, 0)), rtol=1e-5,
                               atol=1e-6)
  assert int(state.count) == 4
  # By config: a step of SGD from the second params on is pulled back.
  tx = optim.make(1., 'sgd', history=.5)
  p, state = jnp.ones(1), tx.init(jnp.ones(1))
  moved = []
  for _ in range(2):
    step, state = tx.update(jnp.ones(1), state, p)
    p = p + step
    moved.append(float(step[0]))
  np.testing.assert_allclose(moved, [-1., -1. + .5], rtol=1e-6)
