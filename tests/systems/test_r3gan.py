"""R3GAN: its loss, its penalties, its batches and its schedules, exactly."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, optim, schedules
from gans_jax import game as G
from gans_jax.losses import penalties
from gans_jax.losses.relativistic import pairing
from gans_jax.systems import r3gan

SGD = dict(name='sgd', lr=1e-2)


# --- the loss ----------------------------------------------------------------

def test_pairing_of_equal_logits_is_log_two():
  zeros = jnp.zeros(4)
  np.testing.assert_allclose(pairing(zeros, zeros), math.log(2), rtol=1e-6)
  np.testing.assert_allclose(
      jax.grad(pairing, (0, 1))(zeros, zeros),
      np.array([[-1 / 8] * 4, [1 / 8] * 4]), rtol=1e-6)


def test_pairing_against_numpy():
  rng = np.random.RandomState(0)
  a, b = 3 * rng.randn(2, 7)
  want = np.mean(np.log1p(np.exp(b - a)))
  np.testing.assert_allclose(pairing(jnp.array(a), jnp.array(b)), want,
                             rtol=1e-5)
  slope = -1 / (1 + np.exp(a - b)) / 7
  np.testing.assert_allclose(
      jax.grad(pairing)(jnp.array(a), jnp.array(b)), slope, rtol=1e-4)


def test_pairing_does_not_see_a_constant():
  a, b = jax.random.normal(jax.random.key(0), (2, 6))
  np.testing.assert_allclose(pairing(a + 5, b + 5), pairing(a, b), rtol=1e-5)
  assert abs(pairing(a + 5, b) - pairing(a, b)) > .1
  assert pairing(a.astype(jnp.bfloat16), b.astype(jnp.bfloat16)).dtype == (
      jnp.float32)


def test_pairs_are_of_two():
  with pytest.raises(ValueError, match='as many real logits'):
    pairing(jnp.zeros(3), jnp.zeros(4))


def test_penalty_of_a_linear_critic():
  w = jnp.array([[1., -2.], [3., .5]])
  critic = lambda x: jnp.sum(x * w, (1, 2)) + 7
  x = jax.random.normal(jax.random.key(0), (5, 2, 2))
  logits, norms = penalties.logits_and_squared_norms(critic, x)
  np.testing.assert_allclose(logits, critic(x))
  np.testing.assert_allclose(norms, [float(jnp.sum(w ** 2))] * 5, rtol=1e-6)
  quartic = lambda x: jnp.sum(x ** 4, (1, 2))
  np.testing.assert_allclose(
      penalties.logits_and_squared_norms(quartic, x)[1],
      penalties.squared_gradient_norms(quartic, x), rtol=1e-6)


# --- schedules ---------------------------------------------------------------

def test_cosine_is_the_published_formula():
  v = schedules.cosine(.05, .005, 40)
  for n in (0, 1, 10, 20, 39, 40, 41, 400):
    d = .5 * (1 + math.cos(math.pi * min(n / 40, 1)))
    np.testing.assert_allclose(
        v(jnp.int32(n)), .05 + (1 - d) * (.005 - .05), rtol=1e-5)


def test_numbers_as_configs_have_them():
  assert schedules.read('gamma', 3)(jnp.int32(7)) == 3
  v = schedules.read('gamma', dict(start=1., end=2., steps=2))
  np.testing.assert_allclose([v(jnp.int32(i)) for i in range(3)], [1, 1.5, 2])
  with pytest.raises(errors.ConfigError, match="Did you mean 'steps'"):
    schedules.read('gamma', dict(start=1., end=2., step=2))


def test_adam_with_a_moving_b2_is_pytorchs():
  """PyTorch, betas set anew before each step, corrects by the b2 of now."""
  lr, steps, grads = .1, 4, [.3, -1., 2., .5, .5, -.2]
  tx = optim.make(lr=lr, name='adam', b1=0., b2=.9, final_b2=.99,
                  b2_steps=steps)
  p, v, want = 1., 0., []
  params = dict(w=jnp.float32(1.))
  state, got = tx.init(params), []
  for t, g in enumerate(grads):
    d = .5 * (1 + math.cos(math.pi * min(t / steps, 1)))
    b2 = .9 + (1 - d) * .09
    v = b2 * v + (1 - b2) * g * g
    p -= lr * g / (math.sqrt(v / (1 - b2 ** (t + 1))) + 1e-8)
    want.append(p)
    updates, state = tx.update(dict(w=jnp.float32(g)), state, params)
    params = optax.apply_updates(params, updates)
    got.append(float(params['w']))
  np.testing.assert_allclose(got, want, rtol=1e-5)


def test_lazy_correction_reaches_both_ends_of_b2():
  made = optim.lazy(dict(lr=1., b1=0., b2=.9, final_b2=.99), 4)
  np.testing.assert_allclose([made['b2'], made['final_b2']],
                             [.9 ** .8, .99 ** .8])
  assert 'final_b2' not in optim.lazy(dict(lr=1.), 4)


# --- the round ---------------------------------------------------------------

@functools.cache
def source():
  return data.make('digits')


def game(nets=None, **options):
  nets = nets or dict(name='mlp', hidden=(8,))
  return r3gan.build(source().spec, **{**dict(
      nets=nets, z=4, g_optim=SGD, d_optim=SGD), **options})


def batches(game, n=4):
  rng = np.random.RandomState(0)
  x = source().batch(rng.permutation(1000)[:n * game.batches])['x']
  return dict(x=jnp.asarray(x).reshape(game.batches, n, 8, 8, 1))


def start(game, batch):
  return jax.jit(functools.partial(G.init, game))(
      jax.random.key(0), jax.tree.map(lambda x: x[0], batch))


def changed(before, after):
  return any((a != b).any() for a, b in zip(
      *map(jax.tree.leaves, (before, after)), strict=True))


def test_g_is_judged_on_real_data_that_d_has_not_seen():
  g = game(gamma=.1)
  assert g.batches == 2
  batch = batches(g)
  state = start(g, batch)
  play = jax.jit(functools.partial(G.play, g))
  base, _ = play(state, batch)
  other = source().batch(np.arange(1200, 1204))['x']
  for place, moves in ((0, 'd'), (1, 'g')):
    after, _ = play(state, dict(x=batch['x'].at[place].set(other)))
    assert changed(base.params[moves], after.params[moves])
    if moves == 'g':    # the second batch is none of D's
      assert not changed(base.params['d'], after.params['d'])


def test_losses_are_the_equations():
  """On the nets of the first round, with the noise of its keys."""
  g = game(gamma=3.)
  batch = batches(g)
  state = start(g, batch)
  _, metrics = jax.jit(functools.partial(G.play, g))(state, batch)
  d_move = g.round[0]
  turn = G.Turn(g, state, dict(x=batch['x'][0]), jax.random.fold_in(
      jax.random.fold_in(jax.random.fold_in(state.key, 0), 0), 0))
  z = turn.normal(4)
  fake = turn.apply('g', z)
  critic = turn.pure('d')
  real = batch['x'][0]
  norms = [jnp.mean(jax.vmap(lambda x: jnp.sum(jax.grad(
      lambda x: critic(x[None])[0])(x) ** 2))(x)) for x in (real, fake)]
  want = jnp.mean(jax.nn.softplus(critic(fake) - critic(real))) + (
      1.5 * sum(norms))
  np.testing.assert_allclose(metrics['d/d_loss'], want, rtol=1e-4)
  np.testing.assert_allclose(metrics['d/r1'], norms[0], rtol=1e-4)
  np.testing.assert_allclose(metrics['d/r2'], norms[1], rtol=1e-4)
  assert d_move.player == 'd' and g.round[1].player == 'g'


def test_average_begins_as_g_itself_and_halves_in_its_half_life():
  g = game(half_life=dict(start=0., end=10., steps=4))
  decay = g.ema['g']
  assert decay(jnp.int32(0)) == 0
  np.testing.assert_allclose(decay(jnp.int32(9)) ** 10, .5, rtol=1e-5)
  np.testing.assert_allclose(decay(jnp.int32(2)), .5 ** (1 / 5), rtol=1e-5)
  batch = batches(g)
  after, _ = jax.jit(functools.partial(G.play, g))(start(g, batch), batch)
  assert not changed(after.params['g'], after.ema['g'])


def test_penalties_are_through_the_augmentation():
  """At p = 1 and cutout alone, D's gradient at the pixels cut out is 0."""
  plain = game(gamma=1.)
  cut = game(gamma=1., p=1., augment=dict(cutout=1.))
  batch = batches(plain)
  state = start(plain, batch)
  norm = lambda g: jax.jit(functools.partial(G.play, g))(state, batch)[1]
  whole, part = norm(plain), norm(cut)
  assert 0 < part['d/r1'] < whole['d/r1']
  same = norm(game(gamma=1., p=0., augment=dict(pipe='bg', cutout=1.)))
  np.testing.assert_allclose(same['d/r1'], whole['d/r1'], rtol=1e-5)


@pytest.mark.parametrize('options, message', [
    (dict(gamma=dict(from_=1., to=2.)), 'argument of gamma'),
    (dict(augment=dict(pipe='bcg')), "Did you mean 'bg' or 'bgc'"),
    (dict(augment=dict(transforms=dict(flip=1.))), "Did you mean 'xflip'")])
def test_mistakes(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    game(**options)
