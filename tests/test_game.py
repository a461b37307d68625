"""The calculus of games, on nets small enough to check by hand."""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import game as G
from gans_jax.schedules import every

LR = 0.1


class Scalar(nn.Module):
  """x -> w * x, with a running count of its training calls."""

  start: float = 1.

  @nn.compact
  def __call__(self, x, *, train):
    w = self.param('w', nn.initializers.constant(self.start), ())
    calls = self.variable('counts', 'calls', lambda: jnp.zeros(()))
    if train and not self.is_initializing():
      calls.value = calls.value + 1
    return w * x


def bilinear(t):
  """D's gain psi * theta of the Dirac-GAN, Mescheder et al. 2018."""
  return jnp.mean(t.apply('d', t.apply('g', jnp.ones((t.n,)))))


def d_loss(t):
  return -bilinear(t)


def g_loss(t):
  return bilinear(t)


def dirac(round, lr=LR, **options):
  tx = optax.sgd(lr)
  return G.Game(
      nets=dict(g=Scalar(2.), d=Scalar(1.)),
      players=dict(d=G.Player(('d',), tx), g=G.Player(('g',), tx)),
      round=round, sample=lambda t: t.apply('g', jnp.ones((t.n,))), **options)


D, GEN = G.Move('d', d_loss), G.Move('g', g_loss)
BATCH = dict(x=np.zeros((4, 1), np.float32))


def batches(k):
  return dict(x=np.arange(k * 4, dtype=np.float32).reshape(k, 4, 1))


def start(game):
  return G.init(game, jax.random.key(0), BATCH)


def weights(state):
  return float(state.params['d']['w']), float(state.params['g']['w'])


def test_alternating_moves_see_each_other():
  game = dirac([D, GEN])
  state, _ = G.play(game, start(game), batches(1))
  psi = 1 + LR * 2
  np.testing.assert_allclose(weights(state), (psi, 2 - LR * psi), rtol=1e-6)


def test_order_of_the_round_matters():
  game = dirac([GEN, D])
  state, _ = G.play(game, start(game), batches(1))
  theta = 2 - LR * 1
  np.testing.assert_allclose(weights(state), (1 + LR * theta, theta), rtol=1e-6)


def test_together_takes_all_gradients_at_the_same_params():
  game = dirac([G.Together((D, GEN))])
  state, _ = G.play(game, start(game), batches(1))
  np.testing.assert_allclose(weights(state), (1 + LR * 2, 2 - LR), rtol=1e-6)


def test_together_sums_two_moves_of_one_player():
  game = dirac([G.Together((D, GEN, G.Move('d', d_loss)))])
  state, _ = G.play(game, start(game), batches(1))
  np.testing.assert_allclose(weights(state), (1 + 2 * LR * 2, 2 - LR),
                             rtol=1e-6)


def test_together_refuses_moves_that_repeat_by_themselves():
  with pytest.raises(ValueError, match='repeat'):
    G.Together((D, G.Move('g', g_loss, repeat=2)))


def test_extragradient_updates_by_the_gradients_ahead():
  game = dirac([G.Extragradient((D, GEN))])
  state, _ = G.play(game, start(game), batches(1))
  psi, theta = 1 + LR * 2, 2 - LR * 1
  np.testing.assert_allclose(
      weights(state), (1 + LR * theta, 2 - LR * psi), rtol=1e-6)


def test_spectral_radius_of_simultaneous_and_alternating_play():
  """The unregularised Dirac-GAN: |lambda| = sqrt(1 + h^2), and exactly 1."""
  def radius(round):
    game = dirac(round)
    state = start(game)
    columns = []
    for psi, theta in ((1., 0.), (0., 1.)):
      s = state.replace(params=dict(d=dict(w=jnp.asarray(psi)),
                                    g=dict(w=jnp.asarray(theta))))
      columns.append(weights(G.play(game, s, batches(1))[0]))
    return max(abs(np.linalg.eigvals(np.array(columns).T)))
  np.testing.assert_allclose(
      radius([G.Together((D, GEN))]), np.sqrt(1 + LR ** 2), rtol=1e-6)
  np.testing.assert_allclose(radius([D, GEN]), 1., rtol=1e-6)
  assert radius([G.Extragradient((D, GEN))]) < 1


def test_repeat_takes_a_fresh_batch_and_key_each_time():
  seen = []

  def spy_loss(t):
    jax.debug.callback(lambda x, k: seen.append((float(x), float(k))),
                       t.batch['x'][0, 0], jax.random.uniform(t.key()))
    return d_loss(t)

  game = dirac([G.Move('d', spy_loss, repeat=3), GEN])
  assert game.batches == 3
  state = start(game)
  seen.clear()
  state, metrics = G.play(game, state, batches(3))
  jax.effects_barrier()
  assert sorted(x for x, _ in seen) == [0., 4., 8.]
  assert len({k for _, k in seen}) == 3
  psi = 1 + 3 * LR * 2
  np.testing.assert_allclose(weights(state), (psi, 2 - LR * psi), rtol=1e-6)
  # The mean of the losses at psi = 1, 1.2, 1.4.
  np.testing.assert_allclose(metrics['d/spy_loss'], -2.4, rtol=1e-6)


def test_when_skips_the_move_and_logs_nan():
  game = dirac([G.Move('d', d_loss, when=every(2)), GEN])
  state, played = G.play(game, start(game), batches(1))
  psi = float(state.params['d']['w'])
  state, skipped = G.play(game, state, batches(1))
  assert np.isfinite(played['d/d_loss']) and np.isnan(skipped['d/d_loss'])
  assert float(state.params['d']['w']) == psi
  assert np.isfinite(skipped['g/g_loss'])


def test_a_loss_that_is_not_finite_is_logged_as_inf():
  def nan_loss(t):
    return jnp.log(-jnp.abs(bilinear(t)))
  game = dirac([G.Move('d', nan_loss), GEN])
  _, metrics = G.play(game, start(game), batches(1))
  assert np.isinf(metrics['d/nan_loss'])


def test_a_move_changes_only_what_its_player_owns():
  game = dirac([D])
  before = start(game)
  after, _ = G.play(game, before, batches(1))
  assert weights(after)[1] == weights(before)[1]
  calls = lambda s, net: float(s.stats[net]['counts']['calls'])
  assert calls(after, 'd') - calls(before, 'd') == 1
  assert calls(after, 'g') == calls(before, 'g')


def test_a_net_nobody_owns_is_frozen():
  tx = optax.sgd(LR)
  game = G.Game(nets=dict(g=Scalar(2.), d=Scalar()),
                players=dict(g=G.Player(('g',), tx)), round=[GEN],
                sample=lambda t: t.apply('g', jnp.ones((t.n,))))
  assert game.frozen == ('d',)
  before = start(game)
  after, _ = G.play(game, before, batches(1))
  assert weights(after)[0] == weights(before)[0]
  assert weights(after)[1] != weights(before)[1]


def test_stats_are_carried_from_call_to_call():
  def twice_loss(t):
    t.apply('d', jnp.ones((t.n,)))
    return d_loss(t)
  game = dirac([G.Move('d', twice_loss)])
  before = start(game)
  after, _ = G.play(game, before, batches(1))
  calls = lambda s: float(s.stats['d']['counts']['calls'])
  assert calls(after) - calls(before) == 2


def test_memory_is_written_in_turn_and_after_sees_it():
  def counting_loss(t):
    t.remember(k=t.memory['k'] + 1)
    return d_loss(t)
  game = dirac([G.Move('d', counting_loss, repeat=3), GEN], memory=dict(k=0.),
               after=lambda memory, step: {'k': memory['k'] * 10 + step})
  state = start(game)
  state, _ = G.play(game, state, batches(3))
  assert float(state.memory['k']) == 30.
  state, _ = G.play(game, state, batches(3))
  assert float(state.memory['k']) == 331.


def test_memory_needs_an_initial_value():
  def loss(t):
    t.remember(q=1.)
    return d_loss(t)
  with pytest.raises(ValueError, match='Game.memory'):
    start(dirac([G.Move('d', loss)], memory=dict(k=0.)))


def test_memory_is_not_differentiated():
  def loss(t):
    value = d_loss(t)
    t.remember(k=value)
    return value + 0 * t.memory['k']
  game = dirac([G.Move('d', loss)], memory=dict(k=0.))
  state, _ = G.play(game, start(game), batches(1))
  np.testing.assert_allclose(weights(state)[0], 1 + LR * 2, rtol=1e-6)


@pytest.mark.parametrize(
    'decay', [0.9, lambda step: jnp.where(step < 1, 0.9, 0.)])
def test_ema_is_the_average_after_the_round(decay):
  game = dirac([D, GEN], ema=dict(g=decay))
  state = start(game)
  theta0 = weights(state)[1]
  state, _ = G.play(game, state, batches(1))
  theta1 = weights(state)[1]
  np.testing.assert_allclose(
      state.ema['g']['w'], 0.9 * theta0 + 0.1 * theta1, rtol=1e-6)
  key = jax.random.key(1)
  for ema, want in ((True, float(state.ema['g']['w'])), (False, theta1)):
    np.testing.assert_allclose(
        G.sample(game, state, BATCH, key, ema=ema), np.full(4, want), rtol=1e-6)


def test_sampling_changes_no_state_and_runs_in_eval_mode():
  game = dirac([D, GEN])
  state = start(game)
  out = G.sample(game, state, BATCH, jax.random.key(0))
  assert out.shape == (4,)
  assert float(state.stats['g']['counts']['calls']) == 0.


def test_stage_is_static_and_reaches_the_losses():
  def staged_loss(t):
    return d_loss(t) * (2. if t.stage == 'big' else 1.)
  game = dirac([G.Move('d', staged_loss)],
               stage=lambda step: 'big' if step >= 5 else 'small')
  traces = []

  @functools.partial(jax.jit, static_argnums=2)
  def step(state, b, stage):
    traces.append(stage)
    return G.play(game, state, b, stage)

  state = start(game)
  for i in range(8):
    before = weights(state)[0]
    state, _ = step(state, batches(1), game.stage(i))
    np.testing.assert_allclose(weights(state)[0] - before,
                               LR * 2 * (2 if i >= 5 else 1), rtol=1e-5)
  assert traces == ['small', 'big']


def noisy_game(lr=LR):
  """A game whose losses use noise and the batch."""
  def noisy_loss(t):
    scale = jnp.mean(t.normal() ** 2) + jnp.mean(t.batch['x'])
    return -scale * bilinear(t)
  tx = optax.sgd(lr)
  return G.Game(
      nets=dict(g=Scalar(2.), d=Scalar(1.)),
      players=dict(d=G.Player(('d',), tx), g=G.Player(('g',), tx)),
      round=[G.Move('d', noisy_loss, repeat=2),
             G.Move('g', g_loss, when=every(2))],
      ema=dict(g=0.5), memory=dict(k=0.),
      sample=lambda t: t.apply('g', t.normal()))


def test_seeds_in_one_program_equal_single_runs():
  game = noisy_game(1e-3)
  rng = np.random.default_rng(0)
  data = [rng.normal(size=(3, 2, 4, 1)).astype(np.float32) for _ in range(5)]
  keys = jnp.stack([jax.random.key(i) for i in range(3)])
  many = G.init_seeds(game, keys, dict(x=data[0][:, 0]))
  play_seeds = jax.jit(functools.partial(G.play_seeds, game))
  for x in data:
    many, metrics = play_seeds(many, dict(x=x))
  assert metrics['d/noisy_loss'].shape == (3,)
  assert many.step.shape == ()
  for i in range(3):
    one = G.init(game, keys[i], dict(x=data[0][i, 0]))
    play = jax.jit(functools.partial(G.play, game))
    for x in data:
      one, _ = play(one, dict(x=x[i]))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=2e-6),
                 G.take_seed(many, i).replace(key=0), one.replace(key=0))
  first, second = (G.take_seed(many, i).params['d']['w'] for i in (0, 1))
  assert float(first) != float(second)


def test_a_skipped_move_stays_skipped_under_seeds():
  game = noisy_game()
  keys = jnp.stack([jax.random.key(i) for i in range(2)])
  b = dict(x=np.zeros((2, 2, 4, 1), np.float32))
  many = G.init_seeds(game, keys, dict(x=b['x'][:, 0]))
  jaxpr = str(jax.make_jaxpr(functools.partial(G.play_seeds, game))(many, b))
  assert ' cond[' in jaxpr


def test_keys_depend_on_step_and_place_not_on_history():
  game = noisy_game()
  state = start(game).replace(step=jnp.asarray(7, jnp.int32))
  a, _ = G.play(game, state, batches(2))
  b, _ = G.play(game, state, batches(2))
  c, _ = G.play(game, state.replace(step=jnp.asarray(9, jnp.int32)), batches(2))
  assert weights(a) == weights(b)
  assert weights(a)[0] != weights(c)[0]


@pytest.mark.parametrize('options, message', [
    (dict(players=dict(d=G.Player(('d', 'x'), optax.sgd(1.)))), 'no net'),
    (dict(players=dict(d=G.Player(('d',), optax.sgd(1.)),
                       g=G.Player(('d',), optax.sgd(1.)))), 'one owner'),
    (dict(round=[G.Move('q', d_loss)]), 'no player'),
    (dict(ema=dict(q=0.9)), 'no nets'),
])
def test_a_malformed_game_is_refused_at_once(options, message):
  fields = dict(nets=dict(g=Scalar(), d=Scalar()),
                players=dict(d=G.Player(('d',), optax.sgd(1.)),
                             g=G.Player(('g',), optax.sgd(1.))),
                round=[D], sample=lambda t: None)
  with pytest.raises(ValueError, match=message):
    G.Game(**{**fields, **options})


def test_pure_reads_state_and_writes_none():
  def loss(t):
    value = d_loss(t)
    t.pure('d')(jnp.ones((t.n,)))
    return value
  game = dirac([G.Move('d', loss)])
  before = start(game)
  after, _ = G.play(game, before, batches(1))
  assert float(after.stats['d']['counts']['calls']) == 1
