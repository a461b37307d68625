"""Top-k training: what counts, how much, and when."""

import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors, optim, schedules
from gans_jax import game as G
from gans_jax.families import pairs, priors, selection, two_player
from gans_jax.losses import adversarial
from gans_jax.systems import gan
from tests.systems.test_exact import batches, start


def weights(logits, share, step=0, **options):
  t = types.SimpleNamespace(step=step, log=lambda **v: None)
  return np.asarray(selection.top_k(lambda step: share, **options)(
      t, jnp.asarray(logits)))


@pytest.mark.parametrize('k', [1, 3, 7, 10])
def test_exactly_k_of_the_largest_count(k):
  logits = np.random.default_rng(k).normal(size=10)
  w = weights(logits, k / 10)
  assert set(np.flatnonzero(w)) == set(np.argsort(-logits)[:k])
  np.testing.assert_allclose(w[w > 0], 10 / k, rtol=1e-6)
  np.testing.assert_allclose(w.mean(), 1., rtol=1e-6)


def test_ties_energies_and_patches():
  assert np.sum(weights(np.zeros(9), 4 / 9) > 0) == 4
  low = weights([3., 1., 2., 0.], .5, largest=False)
  np.testing.assert_array_equal(low, [0, 2, 0, 2])
  patches = np.array([[0., 5.], [2., 2.], [9., -9.], [1., 0.]])
  np.testing.assert_array_equal(weights(patches, .5), [2, 2, 0, 0])


def test_share_is_annealed_to_its_floor():
  """gamma = .9 each 100 steps of a batch of 64, not below half."""
  share = schedules.anneal(.9, 100, .5)
  for step in (0, 99, 100, 250, 599, 10_000):
    np.testing.assert_allclose(
        share(jnp.int32(step)), max(.9 ** (step // 100), .5), rtol=1e-6)
  t = types.SimpleNamespace(log=lambda **v: logged.update(v))
  ks, logged = [], {}
  for epoch in range(9):
    t.step = jnp.int32(100 * epoch)
    selection.top_k(share)(t, jnp.arange(64.))
    ks.append(int(logged['k']))
  assert ks == [64, 57, 51, 46, 41, 37, 34, 32, 32]    # floor(64 .9^e), >= 32


@pytest.mark.parametrize('objective', ['non_saturating', 'hinge', 'lsgan'])
def test_g_minimises_its_loss_of_the_best_fakes(objective):
  source, pair = data.make('ring8', n=1000), adversarial.PAIRS[objective]
  g, d = pairs.make(source.spec, name='mlp', hidden=(8,))

  def best(t, scene):
    t.log(expected=pair.g(jax.lax.top_k(scene.on_fake, 16)[0]))
    return jnp.zeros(())
  sgd = optim.make(.1, 'sgd')
  game = two_player.two_player(
      g, d, pair, priors.make('normal', 2), g_tx=sgd, d_tx=sgd,
      select=selection.top_k(lambda step: .25), g_terms=(best,))
  _, logged = jax.jit(lambda s, b: G.play(game, s, b))(
      start(game, source), batches(source, game))
  np.testing.assert_allclose(
      logged['g/g_loss'], logged['g/expected'], rtol=1e-5)


def test_all_of_them_are_the_game_without():
  source, after = data.make('ring8', n=1000), []
  for parts in ({}, dict(top_k=dict(every=1000)), dict(top_k=dict(
      every=1, gamma=.5, floor=.5))):
    sgd = dict(name='sgd', lr=.1)
    game = gan.build(source.spec, nets=dict(name='mlp', hidden=(8,)), z=2,
                     g_optim=sgd, d_optim=sgd, parts=parts)
    state = start(game, source).replace(step=jnp.int32(1))
    after.append(jax.jit(lambda s, b, g=game: G.play(g, s, b))(
        state, batches(source, game))[0].params['g'])
  flat = [np.concatenate([x.ravel() for x in jax.tree.leaves(p)])
          for p in after]
  np.testing.assert_allclose(flat[0], flat[1], atol=1e-6)
  assert np.abs(flat[0] - flat[2]).max() > 1e-4


@pytest.mark.parametrize('options', [
    dict(gamma=0.), dict(floor=1.5), dict(every=0)])
def test_mistakes(options):
  with pytest.raises(errors.ConfigError, match='top-k'):
    gan.build(data.make('ring8', n=10).spec, parts=dict(top_k=options))
