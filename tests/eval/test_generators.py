"""Mutual information and modes of several generators; energy distance."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval.evaluators import energy as evaluators
from gans_jax.eval.evaluators import generators
from gans_jax.eval.measures import energy
from gans_jax.eval.onepass import Probe
from gans_jax.eval.reference import Reference
from gans_jax.game import Game, Latent, State

RING = data.make('ring8', n=1000)
CENTRES = jnp.asarray(RING.spec.centres)
K = 4


def test_mutual_information_by_hand():
  of = generators.mutual_information
  k = np.repeat(np.arange(4), 10)
  np.testing.assert_allclose(of(k, k), np.log(4))
  np.testing.assert_allclose(of(k, 7 - k), np.log(4))
  np.testing.assert_allclose(of(k, np.tile(np.arange(5), 8)), 0, atol=1e-12)
  # A table of 1/2, 0; 1/4, 1/4.
  a, b = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])
  np.testing.assert_allclose(
      of(a, b), .5 * np.log(.5 / .375) + .25 * np.log(.25 / .375)
      + .25 * np.log(.25 / .125))
  np.testing.assert_allclose(of(a, b), of(b, a))
  assert np.isnan(of(a[:0], b[:0]))


def score(decode, n=2048):
  """What the evaluator says of generators that make decode(t, code)."""
  draw = lambda t: jax.nn.one_hot(jax.random.randint(t.key(), (t.n,), 0, K), K)
  game = Game(nets={}, players={}, round=(), sample=lambda t: None,
              latents=dict(generator=Latent(draw, decode, values=np.eye(K))))
  return generators.generators(Reference(RING), n=n).probe(Probe(
      game, State(jnp.int32(0), jax.random.key(0), *[{}] * 5), RING,
      jax.random.key(1)))


def near(t, mode):
  return dict(x=CENTRES[mode] + .05 * t.normal(2))


def test_generators_that_part_the_ring():
  """Each has two modes of eight, of its own: log 4 nats."""
  found = score(lambda t, code: near(
      t, 2 * code.argmax(-1) + jax.random.bernoulli(t.key(), .5, (t.n,))))
  np.testing.assert_allclose(found['information'], np.log(4), atol=.01)
  assert found['modes_least'] == found['modes_most'] == 2
  assert found['modes_mean'] == 2


def test_generators_that_do_all_the_same():
  found = score(lambda t, code: near(
      t, jax.random.randint(t.key(), (t.n,), 0, 8)))
  assert found['information'] < .02
  assert found['modes_least'] == 8


def test_samples_between_modes_count_for_nothing():
  def half_lost(t, code):
    x = near(t, 2 * code.argmax(-1))['x']
    return dict(x=jnp.where(jnp.arange(t.n)[:, None] % 2 == 0, x, 0 * x))
  found = score(half_lost)
  np.testing.assert_allclose(found['information'], np.log(4), atol=.01)
  assert found['modes_most'] == 1


def test_a_game_of_one_generator():
  game = Game(nets={}, players={}, round=(), sample=lambda t: None)
  with pytest.raises(errors.ConfigError, match='madgan'):
    generators.generators(Reference(RING)).probe(
        Probe(game, None, RING, jax.random.key(0)))


def test_domains_are_asked_for():
  for name in 'coupling', 'adaptation':
    with pytest.raises(errors.ConfigError, match="domains='negative'"):
      getattr(generators, name)(Reference(data.make('digits')))


def test_energy_distance_by_hand():
  x, y = np.array([[0.], [3.]]), np.array([[1.], [1.], [4.]])
  # 2 x mean(1, 1, 4, 2, 2, 1) - 3 - mean(0, 3, 3)
  np.testing.assert_allclose(energy.distance(x, y), 2 * 11 / 6 - 3 - 2)
  far = np.random.default_rng(0).normal(size=(1500, 2))
  np.testing.assert_allclose(
      energy.distance(far, far + [30., 40.]), 100, rtol=.05)


def test_energy_distance_of_gaussians():
  """N(0, 1) and N(1, 1): 2 E|N(1, 2)| - 4 / sqrt pi."""
  from scipy import stats
  mean = 2 / np.sqrt(np.pi) * np.exp(-.25) + 2 * stats.norm.cdf(.5 ** .5) - 1
  expected = 2 * mean - 4 / np.sqrt(np.pi)
  rng = np.random.default_rng(0)
  x, y = rng.normal(size=(2, 4000, 1))
  x, y = x - x.mean(), y - y.mean()    # whose error would be the greatest
  np.testing.assert_allclose(expected, .5418, atol=1e-4)
  np.testing.assert_allclose(energy.distance(x, y + 1), expected, atol=.015)
  assert abs(energy.distance(x, y)) < .005


@pytest.mark.parametrize('x, y', [
    (np.zeros((1, 2)), np.zeros((5, 2))), (np.zeros((5, 2)), np.zeros((5, 3))),
    (np.full((5, 2), np.nan), np.zeros((5, 2)))])
def test_energy_distance_of_what_has_none(x, y):
  with pytest.raises(ValueError):
    energy.distance(x, y)


def test_the_evaluator_of_points():
  evaluator = evaluators.energy_distance(Reference(RING), n=400)
  rest = data.make('ring8', split='test', n=400).batch(np.arange(400))
  found = evaluator(lambda n: rest)
  assert abs(found['distance']) < .03 and abs(found['floor']) < .06
  assert evaluator(lambda n: dict(x=0 * rest['x']))['distance'] > .2
  with pytest.raises(errors.ConfigError, match='points'):
    evaluators.energy_distance(Reference(data.make('digits')))
