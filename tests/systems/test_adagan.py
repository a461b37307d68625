"""AdaGAN: whose round it is, what is drawn with which weight, what is kept."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import checkpoint, data, errors
from gans_jax import game as G
from gans_jax.families import boosted
from gans_jax.losses import boosting
from gans_jax.systems import adagan
from tests.systems.test_exact import start

N, PLAN = 16, dict(components=3, train=4, classify=3)
SOURCE = data.make('ring8', n=40)
PRIOR = lambda t: t.normal(2)


def build(**options):
  return adagan.build(SOURCE.spec, nets=dict(name='mlp', hidden=(4,)), z=2,
                      **{**PLAN, **options})


@functools.cache
def played(steps=18, **options):
  """States before each of the rounds, and after all; and their metrics."""
  game = build(**options)
  play = jax.jit(functools.partial(G.play, game))
  loader = data.Loader(SOURCE, N, 0)
  states, logs = [start(game, SOURCE, N)], []
  for step in range(steps):
    state, logged = play(states[-1], jax.tree.map(
        lambda x: x[0], loader.batch(step)))
    states.append(state)
    logs.append(logged)
  return game, play, states, logs


def same(a, b):
  return all(jax.tree.leaves(jax.tree.map(
      lambda x, y: bool((np.asarray(x) == np.asarray(y)).all()), a, b)))


def test_plan():
  plan = boosted.Plan(**PLAN)
  assert plan.steps == 18
  steps = jnp.arange(20)
  as_text = lambda f: ''.join('.x'[int(v)] for v in f(steps))
  assert as_text(plan.training) == 'xxxx...xxxx...xxxx..'
  assert as_text(plan.classifying) == '....xxx....xxx......'
  assert as_text(plan.trained) == '...x......x......x..'
  assert as_text(plan.turned) == '......x......x......'
  assert ''.join(map(str, plan.current(steps))) == '00000001111111222222'
  assert ''.join(map(str, plan.done(steps))) == '00001111111222222233'


def test_the_memory_holds_the_whole_training_set():
  _, _, states, _ = played()
  order = lambda x: x[np.lexsort(np.asarray(x).T)]
  np.testing.assert_array_equal(
      order(states[3].memory['data']),
      order(SOURCE.batch(np.arange(40))['x']))
  np.testing.assert_array_equal(states[-1].memory['data'],
                                states[3].memory['data'])


def test_weights_are_of_the_classifier_that_saw_the_mixture():
  game, _, states, logs = played()
  before, after = states[6], states[7]
  # C's last step, which the round took before it was asked.
  at = next(i for i, item in enumerate(game.round)
            if getattr(item, 'player', '') == 'c')
  key = jax.random.fold_in(jax.random.fold_in(before.key, 6), at)
  replay, _ = jax.jit(lambda s, b: G.simultaneous(
      game, [game.round[at]], s, b, key))(before, {
          k: v[0, -1] for k, v in data.Loader(SOURCE, N, 0).batch(6).items()})
  s = game.nets['c'].apply(dict(params=replay.params['c']),
                           before.memory['data'], train=False)
  want = boosting.star(boosting.ratio(s), .5)
  np.testing.assert_allclose(after.memory['weights'], want, rtol=1e-3,
                             atol=1e-6)
  np.testing.assert_allclose(
      logs[6]['c/effective'], 1 / (40 * np.sum(np.square(want))), rtol=1e-3)
  # Those of the third component are for beta = 1/3.
  assert not same(states[14].memory['weights'], after.memory['weights'])


def test_components_are_kept_and_the_next_begins_anew():
  _, _, states, logs = played()
  kernel = lambda s, net: s.params[net]['Dense_0']['kernel']
  for t, end in enumerate((4, 11, 18)):
    for later in states[end:]:
      one = jax.tree.map(lambda x: x[t], later.memory['components']['params'])
      assert same(one, states[end].params['g'])
  for net in 'gdc':
    assert not same(kernel(states[7], net), kernel(states[6], net))
    assert int(states[7].opt[net][0].count) == 0
    # Not the first component's beginning once more.
    assert not same(kernel(states[7], net), kernel(states[0], net))
  # A game or a classifier, never both.
  for step, logged in enumerate(logs):
    training = step % 7 < 4
    assert np.isnan(logged['d/d_loss']) != training
    assert np.isnan(logged['c/c_loss']) == training


def turn(game, state, n, step, **memory):
  state = state.replace(step=jnp.asarray(step, jnp.int32),
                        memory={**state.memory, **memory})
  return G.Turn(game, state, dict(x=jnp.full((n, 2), 9.)), jax.random.key(5))


def test_examples_are_drawn_by_their_weights():
  game, _, states, _ = played()
  plan, n = boosted.Plan(**PLAN), 4000
  weights = jnp.zeros(40).at[jnp.array([3, 7])].set(jnp.array([.25, .75]))
  held = jnp.arange(80.).reshape(40, 2)
  x = boosted.real(turn(game, states[7], n, 7, data=held, weights=weights),
                   plan)
  np.testing.assert_array_equal(np.unique(x[:, 0]), [6., 14.])
  np.testing.assert_allclose(np.mean(x[:, 0] == 14.), .75, atol=.03)
  first = boosted.real(turn(game, states[0], n, 6), plan)
  np.testing.assert_array_equal(first, 9.)    # the batch


@functools.cache
def mixed():
  """(state, components, step) -> 4000 samples at constant weights of .3."""
  game = build()
  return jax.jit(lambda state, kept, step: boosted.mixture(
      turn(game, state, 4000, step, components=kept), game.nets['g'], PRIOR,
      boosted.Plan(**PLAN), boosting.betas(3, .3)))


@pytest.mark.parametrize('step, shares', [
    (4, [1, 0, 0]), (10, [1, 0, 0]), (11, [.7, .3, 0]), (17, [.7, .3, 0]),
    (18, [.49, .21, .3])])
def test_the_mixture_is_of_what_is_done(step, shares):
  _, _, states, _ = played()
  kept = jax.tree.map(jnp.zeros_like, states[0].memory['components'])
  last = kept['params']['Dense_1']
  last['bias'] += jnp.arange(3.)[:, None]       # component t draws (t, t)
  x = mixed()(states[0], kept, step)
  got = [np.mean(np.all(x == t, 1)) for t in range(3)]
  np.testing.assert_allclose(got, shares, atol=.03)


def test_while_nothing_is_done_samples_are_of_g():
  game, _, states, _ = played()
  x = G.sample(game, states[2], dict(x=jnp.zeros((8, 2))), jax.random.key(0))
  assert np.ptp(x['x'], axis=0).min() > 0


@pytest.mark.parametrize('killed', [2, 4, 6, 7, 12, 17])
def test_a_run_that_was_killed_goes_on_bit_by_bit(killed, tmp_path):
  game, play, states, _ = played()
  with checkpoint.Checkpointer(tmp_path / 'a') as saved:
    saved.save(killed, states[killed], {})
    _, state, _ = saved.restore(states[0])
  loader = data.Loader(SOURCE, N, 0)
  for step in range(killed, min(killed + 8, 18)):
    state, _ = play(state, jax.tree.map(lambda x: x[0], loader.batch(step)))
  bare = lambda s: s.replace(key=jax.random.key_data(s.key))
  assert same(bare(state), bare(states[min(killed + 8, 18)]))


def test_bagging_weighs_alike():
  _, _, states, _ = played(steps=7, weighting='uniform')
  np.testing.assert_allclose(states[7].memory['weights'], 1 / 40)


@pytest.mark.parametrize('wrong, message', [
    (dict(components=0), 'components=0'), (dict(beta=1.5), 'beta=1.5'),
    (dict(weighting='stra'), "Did you mean 'star'"),
    (dict(objective='x'), "unknown objective 'x'")])
def test_mistakes(wrong, message):
  with pytest.raises(errors.ConfigError, match=message):
    build(**wrong)


def test_more_is_held_than_a_component_sees():
  game = build(train=1, classify=1)
  with pytest.raises(errors.ConfigError, match='40 examples.*2 batches of 16'):
    jax.eval_shape(functools.partial(G.play, game), start(game, SOURCE, N),
                   jax.tree.map(lambda x: x[0],
                                data.Loader(SOURCE, N, 0).batch(0)))
