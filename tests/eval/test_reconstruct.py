"""Reconstructions and representations: evaluators against what must come."""

import dataclasses

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.apps import inverse
from gans_jax.eval import evaluators, onepass
from gans_jax.eval.evaluators import represent
from gans_jax.eval.measures import probe as measure
from gans_jax.systems import cgan, gan


class Scaled(nn.Module):
  """A plain scale, 1 at first unless told."""

  scale: float = 1.

  @nn.compact
  def __call__(self, x, *, train):
    init = lambda key: jnp.full((), self.scale)
    return x * self.param('scale', init)


def mirror(shape, e=1., g=1., encoders=True):
  """A game whose codes are the example itself, times e; G multiplies by g."""
  decode = lambda t, z: dict(x=t.apply('g', z).reshape(-1, *shape))
  def loss(t):
    return jnp.mean(t.apply('g', t.apply('e', t.batch['x'])))
  code = lambda t: t.apply('e', t.batch['x']).reshape(t.n, -1)
  size = int(np.prod(shape))
  return G.Game(
      nets=dict(e=Scaled(e), g=Scaled(g)),
      players=dict(g=G.Player(('e', 'g'), optax.sgd(0.))),
      round=(G.Move('g', loss),), sample=lambda t: decode(t, t.normal(size)),
      latents=dict(z=G.Latent(lambda t: t.normal(size), decode)),
      encoders=dict(z=code) if encoders else {},
      features=dict(first=lambda t: code(t)[:, :1] * 0.,
                    half=lambda t: code(t)[:t.n // 2]) if encoders else {})


def look(game, source):
  batch = {k: jnp.asarray(v) for k, v in source.batch(np.arange(4)).items()}
  state = jax.jit(lambda: G.init(game, jax.random.key(0), batch))()
  return onepass.Probe(game, state, source, jax.random.key(1))


def score(name, game, source, **options):
  evaluator = evaluators.make(name, source, **options)
  found = onepass.run({name: evaluator}, None, probe=look(game, source))
  return found[name], evaluator.stamp(None)


def test_a_game_that_gives_back_what_it_is_shown():
  source = data.make('grid25', n=2000)
  found, protocol = score('reconstruction', mirror((2,)), source, n=500)
  assert found['mse'] == found['distance'] == 0 and found['agreement'] == 1
  # Of 25 centres others are the same in 1 of 25, and a grid's width apart.
  assert found['agreement_permuted'] < .1 and found['distance_permuted'] > 3
  assert protocol['n_heldout'] == 500 and protocol['heldout'] == 'grid25:test'
  assert protocol['extractor'] == 'grid25_nearest_centre'


def test_one_that_gives_the_middle_has_a_relative_error_of_one():
  source = data.make('grid25', n=2000)
  found, _ = score('reconstruction', mirror((2,), g=0.), source, n=2000)
  np.testing.assert_allclose(found['mse_relative'], 1., atol=.01)
  np.testing.assert_allclose(found['mse'], 8. + .01, rtol=.05)   # 2 * 2^2
  assert found['distance'] == found['distance_permuted']
  half, _ = score('reconstruction', mirror((2,), e=.5), source, n=2000)
  np.testing.assert_allclose(half['mse_relative'], .25, atol=.01)


def test_digits_are_judged_by_the_classifier(use_cached):
  source = data.make('digits')
  found, protocol = score('reconstruction', mirror((8, 8, 1)), source, n=300)
  assert found['agreement'] == 1 and found['agreement_permuted'] < .2
  assert protocol['extractor'] == 'digits_classifier'
  assert protocol['n_heldout'] == 300


def test_representations_beside_those_at_the_start():
  """1-NN on the pixels of digits is right in 0.98."""
  source = data.make('digits')
  game = mirror((8, 8, 1))
  found, protocol = score('knn', game, source, of='z')
  np.testing.assert_allclose(found['accuracy'], .982, atol=.01)
  assert found['random'] == found['accuracy']     # nothing was learnt
  assert protocol['n_train'] == 1297 and protocol['n_heldout'] == 500
  linear, _ = score('linear_probe', game, source, n_train=600, n=300)
  assert .92 < linear['accuracy'] < 1
  nothing, _ = score('knn', game, source, of='first', n=300)
  assert nothing['accuracy'] < .2


def test_the_start_is_not_the_state_of_now():
  source = data.make('digits')
  p = look(mirror((8, 8, 1)), source)
  spoiled = p._replace(state=p.state.replace(params=jax.tree.map(
      jnp.zeros_like, p.state.params)))
  features, _ = represent.features(spoiled, 'z', source, 64)
  assert (features == 0).all()
  features, labels = represent.features(
      represent.initial(spoiled), 'z', source, 100)
  assert np.abs(features).max() == 1 and labels.shape == (100,)


def test_features_of_the_d_of_any_game_but_one_that_sees_labels():
  source = data.make('digits')
  nets = dict(name='mlp', hidden=(8,), d_hidden=(9, 7))
  p = look(gan.build(source.spec, nets=nets, z=3), source)
  found, labels = represent.features(p, 'd', source, 100)
  assert found.shape == (100, 7) and labels.shape == (100,)
  conditional = cgan.build(source.spec, nets=nets, z=3)
  assert not conditional.features and not conditional.encoders


@pytest.mark.parametrize('name, options, message', [
    ('reconstruction', dict(latent='w'), "unknown space.*Allowed: z"),
    ('knn', dict(of='half'), 'a packed D has none'),
    ('knn', dict(of='firts'), "Did you mean 'first'")])
def test_mistakes(name, options, message):
  source = data.make('digits')
  with pytest.raises(errors.ConfigError, match=message):
    look_at = evaluators.represent if name == 'knn' else evaluators.reconstruct
    p = look(mirror((8, 8, 1)), source)
    if name == 'knn':
      look_at.features(p, options['of'], source, 64)
    else:
      look_at.inverse(p, options['latent'])


def test_a_game_without_an_encoder_says_so():
  source = data.make('grid25', n=1000)
  game = mirror((2,), encoders=False)
  for name in ('reconstruction', 'knn'):
    labelled = data.make('grid25', n=1000, labels=True)
    with pytest.raises(errors.ConfigError, match='no encoder|no representat'):
      score(name, game, labelled if name == 'knn' else source, n=50)


def test_neighbours_vote_and_ties_go_to_the_nearest():
  train = np.array([[0.], [1.], [1.2], [5.]])
  labels = np.array([3, 1, 1, 3])
  test = np.array([[.1], [1.1], [4.]])
  vote = lambda k: measure.nearest_labels(train, labels, test, k).tolist()
  assert vote(1) == [3, 1, 3]
  assert vote(3) == [1, 1, 1]
  assert vote(4) == [3, 1, 3]    # two each: the nearest voter's
  with pytest.raises(ValueError, match='5 neighbours among 4'):
    vote(5)


def test_logistic_regression_reaches_the_optimum_of_a_small_problem():
  """Two classes at +-1 with one error in four: the logit's slope is log 3 / 2.

  Without a penalty p(1 | x) is then 3/4 on its side.
  """
  x = np.array([[1.]] * 4 + [[-1.]] * 4)
  y = np.array([1, 1, 1, 0, 0, 0, 0, 1])
  assert measure.linear_labels(x, y, x, 2, l2=0.).tolist() == [1] * 4 + [0] * 4
  rng = np.random.default_rng(0)
  centres = rng.normal(size=(5, 8)) * 6
  y = rng.integers(5, size=400)
  x = centres[y] + rng.normal(size=(400, 8))
  constant = np.concatenate([x, np.ones((400, 1))], 1)    # of no variance
  got = measure.linear_labels(constant[:300], y[:300], constant[300:], 5)
  assert (got == y[300:]).mean() == 1.


def test_paths_begin_and_end_at_reconstructions():
  source = data.make('digits')
  p = look(mirror((8, 8, 1), g=.5), source)
  found = inverse.between(p, n=3, steps=5)
  assert found['real'].shape == (3, 2, 8, 8, 1)
  assert found['made'].shape == (3, 5, 8, 8, 1)
  for end, place in ((0, 0), (1, -1)):
    np.testing.assert_allclose(found['made'][:, place],
                               .5 * found['real'][:, end], atol=1e-6)
  # This space is flat, so that the middle is the mean.
  np.testing.assert_allclose(found['made'][:, 2],
                             .25 * found['real'].sum(1), atol=1e-6)
  grid = inverse.picture(found, source.spec)
  assert grid.shape == (3 * 10 - 2, 7 * 10 - 2, 3)
  with pytest.raises(errors.ConfigError, match='ask for 2 or more'):
    inverse.between(p, 3, 1)
  round_game = dataclasses.replace(p.game, latents=dict(
      z=p.game.latents['z']._replace(spherical=True)))
  round_path = inverse.between(p._replace(game=round_game), 1, 3)
  lengths = np.linalg.norm(round_path['codes'][0], axis=-1)
  np.testing.assert_allclose(lengths[1], lengths[[0, 2]].mean(), rtol=1e-5)


def test_pairs_are_of_held_out_examples_side_by_side(tmp_path):
  source = data.make('digits')
  p = look(mirror((8, 8, 1)), source)
  found = inverse.pairs(p, 10)
  held = data.make('digits', split='test')
  rows = held.batch(np.arange(len(held)))['x'].reshape(len(held), -1)
  for x in found['real']:
    assert (np.abs(rows - x.reshape(-1)).sum(1) == 0).any()
  grid = inverse.picture(found, source.spec)
  assert grid.shape[1] == 6 * 10 - 2    # three pairs a row
  np.testing.assert_array_equal(grid[:8, :8], grid[:8, 10:18])
  inverse.write(tmp_path / 'a.npz', found, source.spec)
  assert np.load(tmp_path / 'a.npz')['made'].shape == (10, 8, 8, 1)
  with pytest.raises(errors.ConfigError, match='.png .* or .npz'):
    inverse.write(tmp_path / 'folder', found, source.spec)
