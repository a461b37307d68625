"""Systems against closed forms, on games small enough to have them."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data
from gans_jax import game as G
from gans_jax.systems import cgan, dcgan, gan, wgan, wgan_gp

SGD = dict(name='sgd', lr=0.1)
LINEAR = dict(name='mlp', hidden=())


def batches(source, game, n=64, step=0):
  loader = data.Loader(source, n, 0, batches=game.batches)
  return {k: jnp.asarray(v[0]) for k, v in loader.batch(step).items()}


def start(game, source, n=64):
  first = {k: v[-1] for k, v in batches(source, game, n).items()}
  return jax.jit(functools.partial(G.init, game))(jax.random.key(0), first)


def linear(module, source, **options):
  game = module.build(source.spec, nets=LINEAR, z=1, g_optim=SGD, d_optim=SGD,
                      **options)
  return game, start(game, source)


def with_d(state, kernel, bias=0.):
  dense = state.params['d']['Dense_0']
  new = dict(kernel=jnp.asarray(kernel, jnp.float32).reshape(
      dense['kernel'].shape), bias=jnp.full_like(dense['bias'], bias))
  return state.replace(params={**state.params, 'd': dict(Dense_0=new)})


@pytest.mark.parametrize('objective, g_loss', [
    ('non_saturating', np.log(2)), ('minimax', -np.log(2))])
def test_gan_at_zero_logits(objective, g_loss):
  source = data.make('ring8', n=1000)
  game, state = linear(gan, source, objective=objective)
  tx = G.Player(('d',), gan.two_player.optim.make(lr=0., name='sgd'))
  game = G.dataclasses.replace(game, players={**game.players, 'd': tx})
  _, logged = G.play(game, with_d(state, [0., 0.]), batches(source, game))
  np.testing.assert_allclose(logged['d/d_loss'], np.log(4), rtol=1e-6)
  np.testing.assert_allclose(logged['g/g_loss'], g_loss, rtol=1e-6)
  assert logged['d/gap'] == logged['d/real'] == logged['d/fake'] == 0


@pytest.mark.parametrize('module, options', [
    (gan, {}), (wgan, dict(clip=10., n_critic=1, bursts=False)),
    (wgan_gp, dict(n_critic=1))])
def test_each_step_lowers_its_own_loss(module, options):
  """D raises E s(x) - E s(G(z)) on the batch it saw; G raises E s(G(z))."""
  source = data.make('ring8', n=1000)
  small = dict(name='sgd', lr=1e-3)
  game = module.build(
      source.spec, nets=dict(name='mlp', hidden=(16,)), z=2, g_optim=small,
      d_optim=small, **options)
  state, batch = start(game, source), {
      k: v[-1] for k, v in batches(source, game).items()}
  key = jax.random.key(3)
  for move in game.round:
    step = jax.jit(
        lambda s, m=move: G.simultaneous(game, m.moves, s, batch, key))
    after, before_log = step(state)
    _, after_log = step(after)
    loss = f'{move.player}/{move.loss.__name__}'
    assert after_log[loss] < before_log[loss]
    if move.player == 'd':
      assert after_log['d/gap'] > before_log['d/gap']


def test_wgan_critic_is_clipped_after_every_step():
  source = data.make('ring8', n=1000)
  game = wgan.build(source.spec, nets=dict(name='mlp', hidden=(16,)), z=2,
                    clip=0.03, bursts=False)
  state = start(game, source)
  assert max(np.abs(x).max() for x in jax.tree.leaves(state.params['d'])) > .03
  state, _ = jax.jit(functools.partial(G.play, game))(
      state, batches(source, game))
  for x in jax.tree.leaves(state.params['d']):
    assert np.abs(x).max() <= 0.03 + 1e-7


def test_wgan_linear_critic_reaches_its_bound():
  """N(0,1) against N(1,1) and s = w x: w = -c, the estimate is c W1 = c."""
  source = data.make('gauss1', n=20_000)
  game, state = linear(wgan, source, clip=0.25, bursts=False, n_critic=5)
  shift = dict(Dense_0=dict(kernel=jnp.ones((1, 1)), bias=jnp.ones((1,))))
  state = state.replace(params={**state.params, 'g': shift})
  still = G.Player(('g',), wgan.two_player.optim.make(lr=0., name='sgd'))
  game = G.dataclasses.replace(game, players={**game.players, 'g': still})
  play = jax.jit(functools.partial(G.play, game))
  for i in range(5):
    state, logged = play(state, batches(source, game, 4096, i))
  np.testing.assert_allclose(state.params['d']['Dense_0']['kernel'], -0.25,
                             rtol=1e-6)
  np.testing.assert_allclose(logged['d/gap'], 0.25, atol=0.02)


def test_wgan_generator_sits_out_the_bursts():
  source = data.make('ring8', n=1000)
  game = wgan.build(source.spec, nets=dict(name='mlp', hidden=(4,)), z=2)
  play = jax.jit(functools.partial(G.play, game))
  state, moved = start(game, source, 8), []
  for i in range(41):
    before = jax.tree.leaves(state.params['g'])
    state, _ = play(state, batches(source, game, 8, i))
    moved.append(not all((np.asarray(a) == b).all() for a, b in zip(
        before, jax.tree.leaves(state.params['g']))))
  assert [i for i, m in enumerate(moved) if m] == [19, 39]


@pytest.mark.parametrize('points', ['interpolates', 'real_fake'])
@pytest.mark.parametrize('power, penalty', [(2, 16.), (4, 256.)])
def test_wgan_gp_of_a_linear_critic(points, power, penalty):
  """s = 3 a + 4 b has a gradient of norm 5 wherever it is taken."""
  source = data.make('ring8', n=1000)
  still = dict(name='sgd', lr=0.)
  game = wgan_gp.build(source.spec, nets=LINEAR, z=2, weight=0.5,
                       points=points, power=power, n_critic=1, g_optim=still,
                       d_optim=still)
  state = with_d(start(game, source), [3., 4.])
  _, logged = G.play(game, state, batches(source, game))
  np.testing.assert_allclose(logged['d/gradient_norm'], 5., rtol=1e-5)
  np.testing.assert_allclose(logged['d/penalty'], penalty / 2, rtol=1e-5)
  np.testing.assert_allclose(
      logged['d/d_loss'], penalty / 2 - logged['d/gap'], rtol=1e-4)


@pytest.mark.parametrize('module, name, options', [
    (cgan, 'ring8', dict(nets=dict(name='mlp', hidden=(16,)))),
    (dcgan, 'digits', dict(conditional=True,
                           nets=dict(name='dcgan28', width=4, fc=8)))])
def test_both_players_see_the_label(module, name, options):
  """Other labels of real examples change D's loss and what G makes."""
  source = data.make(name, **({'labels': True} if name == 'ring8' else {}))
  game = module.build(source.spec, z=4, **options)
  batch = batches(source, game, 16)
  state = start(game, source, 16)
  play = jax.jit(functools.partial(G.play, game))
  wrong = {**batch, 'y': (batch['y'] + 1) % source.spec.classes}
  assert play(state, batch)[1]['d/real'] != play(state, wrong)[1]['d/real']
  one = lambda b: {k: v[0] for k, v in b.items()}
  made = [G.sample(game, state, one(b), jax.random.key(0))
          for b in (batch, wrong)]
  assert np.abs(made[0]['x'] - made[1]['x']).max() > 0
  np.testing.assert_array_equal(made[0]['y'], batch['y'][0])


def test_a_fake_is_judged_with_the_label_it_was_made_for():
  """A D that reads the label alone cannot tell real from fake."""
  source = data.make('ring8', labels=True, n=1000)
  game = cgan.build(source.spec, nets=LINEAR, z=2,
                    d_optim=dict(name='sgd', lr=0.),
                    g_optim=dict(name='sgd', lr=0.))
  state = with_d(start(game, source), [0., 0.] + list(range(8)))
  _, logged = G.play(game, state, batches(source, game))
  assert logged['d/real'] == logged['d/fake'] > 0
