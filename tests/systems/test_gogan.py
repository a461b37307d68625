"""GoGAN: margins by hand, frozen stages, runs that are cut anywhere."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.losses import ranking
from gans_jax.systems import gogan
from tests.systems.test_exact import start

SOURCE = data.make('ring8', n=1000)
ROUNDS = 3


def build(**options):
  rate = dict(name='sgd', lr=1e-2)
  return gogan.build(SOURCE.spec, **{**dict(
      nets=dict(name='mlp', hidden=(6,)), z=2, rounds=ROUNDS, stages=3,
      n_critic=2, clip=1., g_optim=rate, d_optim=rate), **options})


def test_margins_by_hand():
  one = lambda x: jnp.array([float(x)])
  assert ranking.margin(one(1.5), one(2), 1.) == .5
  assert ranking.margin(one(0), one(1), 2.) == 1
  gradient = jax.grad(lambda low, high: ranking.margin(low, high, 1.), (0, 1))
  far = gradient(jnp.array([0., 1.]), jnp.array([1., 2.5]))
  assert not np.any(far)
  near = gradient(jnp.array([0., 1.]), jnp.array([1.5, 1.5]))
  np.testing.assert_array_equal(near, [[0, .5], [0, -.5]])


def test_it_is_the_mean_of_hinges():
  """A pair far apart does not pay for one too close."""
  low, high = jnp.array([0., 0.]), jnp.array([0., 4.])
  assert ranking.margin(low, high, 1.) == .5
  assert jax.nn.relu(jnp.mean(low + 1. - high)) == 0


@functools.cache
def played(rounds):
  """(game, states before each round and after the last, logs, its round)."""
  game = build()
  loader = data.Loader(SOURCE, 16, 0, batches=game.batches)
  step = jax.jit(functools.partial(G.play, game))
  state, states, logs = start(game, SOURCE, 16), [], []
  for i in range(rounds):
    states.append(state)
    state, logged = step(state, {k: v[0] for k, v in loader.batch(i).items()})
    logs.append(logged)
  return game, [*states, state], logs, step


def test_stages_begin_from_the_last_and_freeze_it():
  _, states, _, _ = played(8)
  alike = lambda a, b: all(jax.tree.leaves(jax.tree.map(
      lambda x, y: bool((x == y).all()), a, b)))
  kept = [jax.tree.map(lambda x: x[0], {n: s.memory['bank'][n]['params']
                                        for n in 'gd'}) for s in states]
  own = [s.params for s in states]
  assert not any(np.any(x) for x in jax.tree.leaves(kept[ROUNDS - 1]))
  for step in range(ROUNDS, 8):
    stage = step // ROUNDS
    assert int(states[step].memory['banked']) == stage
    assert alike(kept[step], own[stage * ROUNDS])      # frozen since then
    if step % ROUNDS:
      assert not alike(kept[step], own[step])
  # A stage begins with the nets of the last: nothing else was written.
  assert alike(kept[ROUNDS], own[ROUNDS])


def test_the_last_stage_goes_on():
  game = build(stages=1)
  bank = game.round[-1]
  assert not any(bool(bank.when(jnp.int32(step))) for step in range(20))
  bank = build(stages=2).round[-1]
  assert [step for step in range(20) if bool(bank.when(jnp.int32(step)))] == [
      ROUNDS - 1]


def test_the_loss_of_two_stages_by_hand():
  game, states, logs, _ = played(8)
  assert all(float(log['d/ranked']) == 0 for log in logs[:ROUNDS])
  assert all(float(log['d/ranked']) > 0 for log in logs[ROUNDS:])
  state, batch = states[5], dict(x=jnp.asarray(
      SOURCE.batch(np.arange(16))['x']))

  @jax.jit
  def found(state):
    turn = lambda: G.Turn(game, state, batch, jax.random.key(1))
    loss = game.round[0].loss(turn())
    t = turn()
    z = t.normal(2)
    d, g = t.pure('d'), t.pure('g')
    old = {n: jax.tree.map(lambda x: x[0], state.memory['bank'][n])
           for n in 'gd'}
    before = game.nets['d'].apply(old['d'], game.nets['g'].apply(
        old['g'], z, train=False), train=False)
    return loss, d(batch['x']), d(g(z)), before

  loss, real, fake, before = map(np.asarray, found(state))
  hinge = lambda x: np.maximum(x, 0).mean()
  np.testing.assert_allclose(
      loss, hinge(fake + 1 - real) + .5 * hinge(before + 2 - real), rtol=1e-5)


def test_a_run_that_was_cut_goes_on_exactly():
  """From any state alone: in a stage, at its end, and at its beginning."""
  game, states, _, step = played(8)
  loader = data.Loader(SOURCE, 16, 0, batches=game.batches)
  for cut in 2, 3, 4:
    state = jax.tree.map(lambda x: x, states[cut])
    for i in range(cut, 8):
      state, _ = step(state, {k: v[0] for k, v in loader.batch(i).items()})
    jax.tree.map(np.testing.assert_array_equal,
                 state.replace(key=0), states[8].replace(key=0))


@pytest.mark.parametrize('options', [
    dict(stages=0), dict(rounds=0), dict(margin=0.)])
def test_mistakes(options):
  with pytest.raises(errors.ConfigError, match='gogan needs'):
    build(**options)
