"""MAD-GAN and MGAN: optima by hand, one step of each side, mixtures."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.families import generator_set
from gans_jax.losses import adversarial, mixture
from gans_jax.systems import madgan
from tests.systems.test_exact import batches, start

K = 4
SOURCE = data.make('ring8', n=1000)
STILL = dict(name='sgd', lr=0.)


def build(source=SOURCE, **options):
  return madgan.build(source.spec, **{**dict(
      nets=dict(name='mlp', hidden=(8,)), layers=(8,), generators=K, z=2,
      g_optim=STILL, d_optim=STILL), **options})


def table_gradient(contest, table, p, q):
  """The gradient of L_D by a table of logits [points, O], p and q in 12ths."""
  rows = lambda counts: np.repeat(np.arange(len(counts)), counts)
  real, fake = rows(p), np.stack([rows(k) for k in q])
  return jax.jit(jax.grad(
      lambda t: sum(contest.d(t[real], t[fake]).values())))(table)


@pytest.mark.parametrize('p, q', [
    ([3, 3, 6], [[6, 3, 3], [1, 1, 10], [2, 8, 2], [4, 4, 4]]),
    ([3, 6, 3], [[3, 6, 3], [6, 5, 1], [1, 6, 5], [2, 7, 3]])])
def test_d_at_its_optimum_is_p_over_p_plus_the_generators(p, q):
  contest = mixture.multiclass(K, adversarial.non_saturating)
  table = jnp.log(jnp.array([p, *q], jnp.float32)).T          # [points, K + 1]
  np.testing.assert_allclose(
      table_gradient(contest, table, p, q), 0, atol=1e-6)
  d_real = jax.nn.softmax(table)[:, 0]
  mean = np.mean(q, 0)
  np.testing.assert_allclose(d_real, p / (p + K * mean), rtol=1e-6)
  if np.array_equal(p, mean):
    np.testing.assert_allclose(d_real, 1 / (K + 1), rtol=1e-6)


def test_the_second_case_is_of_a_mean_that_is_the_data():
  np.testing.assert_array_equal(
      np.mean([[3, 6, 3], [6, 5, 1], [1, 6, 5], [2, 7, 3]], 0), [3, 6, 3])


def test_mgan_at_its_optimum():
  """s = log p / q, and C is the share of each generator in the mixture."""
  p, q = [3, 3, 6], [[6, 3, 3], [1, 1, 10], [2, 8, 2], [4, 4, 4]]
  contest = mixture.classified(K, adversarial.non_saturating, .5)
  s = np.log(p) - np.log(np.mean(q, 0))
  table = jnp.asarray(np.concatenate([s[:, None], np.log(q).T], 1), jnp.float32)
  np.testing.assert_allclose(
      table_gradient(contest, table, p, q), 0, atol=1e-6)


@pytest.mark.parametrize('objective, each', [
    ('non_saturating', np.log(K + 1)), ('minimax', np.log(K / (K + 1)))])
def test_losses_at_logits_of_zero(objective, each):
  contest = mixture.multiclass(K, adversarial.PAIRS[objective])
  real, fake = jnp.zeros((8, K + 1)), jnp.zeros((K, 2, K + 1))
  np.testing.assert_allclose(
      sum(contest.d(real, fake).values()), (K + 1) * np.log(K + 1), rtol=1e-6)
  np.testing.assert_allclose(
      sum(contest.g(fake).values()), K * each, rtol=1e-6)


def test_labels_are_in_the_order_of_the_generators():
  """D is right only where the k-th block is taken for the k-th generator."""
  sure = 20 * jnp.eye(K + 1)
  fake = jnp.broadcast_to(sure[1:, None], (K, 3, K + 1))
  contest = mixture.multiclass(K, adversarial.non_saturating)
  parts = contest.d(sure[:1], fake)
  assert sum(parts.values()) < 1e-6
  turned = contest.d(sure[:1], fake[::-1])
  np.testing.assert_allclose(turned['fake_classes'], K * 20, rtol=1e-5)
  contest = mixture.classified(K, adversarial.non_saturating, .5)
  np.testing.assert_allclose(contest.g(fake)['classes'], 0, atol=1e-6)
  np.testing.assert_allclose(contest.g(fake[::-1])['classes'], 10, rtol=1e-5)


def test_a_batch_that_generators_do_not_divide():
  with pytest.raises(errors.ConfigError, match='multiple of 4'):
    start(build(), SOURCE, 18)


@pytest.mark.parametrize('options, message', [
    (dict(generators=1), '2 or more'), (dict(shared='frist'), "'first'"),
    (dict(objective='hinge'), 'minimax')])
def test_mistakes(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    build(**options)


@pytest.mark.parametrize('shared, own', [('first', (2, 2)), ('last', (1, 1))])
def test_what_is_shared_and_what_is_sampled(shared, own):
  game = build(shared=shared, beta=.5 * (shared == 'last'))
  state = start(game, SOURCE, 16)
  g = state.params['g']
  assert set(g) == {'base', 'before' if shared == 'first' else 'after'}
  kernels = jax.tree.leaves(g['base'])
  assert all(x.shape[0] == K for x in kernels) and len(kernels) == 2 * own[0]
  batch = dict(x=jnp.zeros((64, 2)))

  @jax.jit
  def both(state):
    turn = lambda: G.Turn(game, state, batch, jax.random.key(5), train=False)
    z = jax.random.normal(jax.random.key(1), (64, 2))
    index = jnp.arange(64) % K
    picked = generator_set.mixed(turn(), z, index)
    blocks = turn().apply('g', z.reshape(16, K, 2).swapaxes(0, 1))
    code = game.latents['generator']
    one = code.decode(turn(), jnp.tile(jax.nn.one_hot(2, K), (64, 1)))['x']
    two = code.decode(turn(), jnp.tile(jax.nn.one_hot(3, K), (64, 1)))['x']
    return picked, blocks, one, two, code.draw(turn())

  picked, blocks, one, two, codes = both(state)
  np.testing.assert_allclose(
      picked.reshape(16, K, 2).swapaxes(0, 1), blocks, atol=1e-6)
  assert np.abs(one - two).max() > 1e-3
  assert (codes.sum(-1) == 1).all() and (codes.sum(0) > 5).all()


def test_a_mixture_is_drawn_by_its_weights():
  turn = G.Turn(build(), G.State(0, *[{}] * 6), dict(x=jnp.zeros((40_000, 2))),
                jax.random.key(0))
  shares = np.bincount(generator_set.drawn(turn, (.5, .3, .2, 0.))) / 40_000
  np.testing.assert_allclose(shares, [.5, .3, .2], atol=.01)


def test_steps_lower_their_own_losses():
  small = dict(name='sgd', lr=1e-3)
  for options in {}, dict(shared='last', beta=.5):
    game = build(g_optim=small, d_optim=small, **options)
    state, batch = start(game, SOURCE), {
        k: v[-1] for k, v in batches(SOURCE, game).items()}
    for move in game.round:
      step = jax.jit(functools.partial(
          lambda s, m: G.simultaneous(game, m.moves, s, batch,
                                      jax.random.key(3)), m=move))
      after, before_log = step(state)
      _, after_log = step(after)
      loss = f'{move.player}/{move.loss.__name__}'
      assert after_log[loss] < before_log[loss]
