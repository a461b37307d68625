import dataclasses
import json

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, game
from gans_jax.data import triangles
from gans_jax.eval import evaluators, onepass
from gans_jax.eval.measures import polygon

PIXELS = 16


@pytest.fixture(autouse=True)
def small(monkeypatch):
  """A smaller bank, for smaller pictures."""
  monkeypatch.setattr(polygon.distance, '__defaults__', (2000, 4, 25, 0))


def test_what_is_drawn_is_a_triangle():
  corners = np.array([[[0, 0], [1, 0], [0, 1]]], float)
  x = triangles.render(corners, 8)[0]
  np.testing.assert_allclose(x[np.triu_indices(8, 1)[0],
                               7 - np.triu_indices(8, 1)[1]], 1)
  np.testing.assert_allclose(np.diag(x[::-1]), .5)    # on the edge
  assert not np.tril(x[:, ::-1], -1)[2:, :6].any()
  # The other way round it is the same, and so by jax.
  turned = triangles.render(corners[:, ::-1], 8)[0]
  np.testing.assert_allclose(turned, x, atol=1e-9)
  np.testing.assert_allclose(
      triangles.render(jnp.asarray(corners), 8, jnp)[0], x, atol=1e-5)
  # The sum is the area, in pixels.
  many = triangles.vertices(200, np.random.default_rng(0))
  u, v = many[:, 1] - many[:, 0], many[:, 2] - many[:, 0]
  area = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2
  assert area.min() >= .1
  np.testing.assert_allclose(
      triangles.render(many, 64).mean((1, 2)), area, atol=.005)


def test_the_data_set():
  train, test = (data.make('triangles', split=s, n=50, pixels=PIXELS)
                 for s in ('train', 'test'))
  x = train.batch(np.arange(50))['x']
  assert x.shape == (50, 16, 16, 1) and (x.min(), x.max()) == (-1, 1)
  np.testing.assert_array_equal(x[3:5], train.batch(np.array([3, 4]))['x'])
  assert np.any(test.batch(np.arange(50))['x'] != x)
  assert len(data.make('triangles')) == 80_000
  for bad in (dict(n=0), dict(pixels=2), dict(split='valid')):
    with pytest.raises(errors.ConfigError):
      data.make('triangles', **bad)


def test_distance_from_the_manifold():
  x = triangles.render(triangles.vertices(12, np.random.default_rng(5)), PIXELS)
  found = polygon.distance(x)
  assert np.median(found) < 1e-3 and found.max() < .1
  # A pixel that is off by one, far from the edges, is at distance 1.
  one = triangles.render(np.array([[[.4, .3], [1, .3], [1, 1]]]), PIXELS)
  one[0, 14, 1] = 1
  assert polygon.distance(one)[0] == pytest.approx(1, abs=.05)
  noise = polygon.distance(np.random.default_rng(0).uniform(size=(4, 16, 16)))
  assert noise.min() > 5
  with pytest.raises(ValueError, match='square'):
    polygon.distance(np.zeros((2, 8, 9)))


class Painter(nn.Module):
  """Triangles of the code itself: all of them, or all near a fixed one."""

  one: bool = False

  @nn.compact
  def __call__(self, z, train=True):
    z = z + self.param('shift', nn.initializers.zeros, (6,))
    middle = jnp.array([.15, .2, .85, .25, .4, .9])
    c = middle + (0. if self.one else .12) * z
    return 2 * triangles.render(
        c.reshape(-1, 3, 2), PIXELS, jnp)[..., None] - 1


def painted(source, one):
  latent = game.Latent(lambda t: t.normal(6),
                       lambda t, z: dict(x=t.apply('g', z)))
  g = game.Game(
      nets=dict(g=Painter(one)),
      players=dict(g=game.Player(('g',), optax.sgd(0.))),
      round=[game.Move('g', lambda t: t.apply('g', t.normal(6)).mean())],
      sample=lambda t: dict(x=t.apply('g', t.normal(6))),
      latents=dict(z=latent))
  state = game.init(g, jax.random.key(0), source.spec.zeros(2))
  return onepass.Probe(g, state, source, jax.random.key(1))


def test_one_triangle_is_precise_and_recalls_nothing():
  source = data.make('triangles', n=50, pixels=PIXELS)
  evaluator = evaluators.make('polygons', source, n=30, restarts=5, steps=120)
  one = evaluator.probe(painted(source, True))
  assert one['precision'] == 1 and one['recall'] <= .1
  assert one['f1'] == polygon.f1(1, one['recall'])
  all_of_them = evaluator.probe(painted(source, False))
  assert all_of_them['precision'] > .9
  assert all_of_them['recall'] > .5 > one['recall']
  assert all_of_them['recall_distance'] < one['recall_distance'] / 5
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=30, n_test=30, threshold=.75, restarts=5, steps=120
              ).items() <= protocol.items()
  assert polygon.f1(1, .02) == pytest.approx(.039216, abs=1e-6)
  assert polygon.f1(0, 0) == 0


def test_precision_of_samples():
  source = data.make('triangles', n=50, pixels=PIXELS)
  evaluator = evaluators.make('polygon_precision', source, n=20)
  held = data.make('triangles', split='test', pixels=PIXELS, n=20)
  assert evaluator(lambda n: held.batch(np.arange(n)))['precision'] == 1
  noise = evaluator(lambda n: dict(
      x=np.random.default_rng(0).uniform(-1, 1, (n, 16, 16, 1))))
  assert noise['precision'] == 0 and noise['distance'] > 5


def test_mistakes():
  source = data.make('triangles', n=50, pixels=PIXELS)
  with pytest.raises(errors.ConfigError, match="'triangles', grey"):
    evaluators.make('polygons', data.make('digits'))
  with pytest.raises(errors.ConfigError, match='grey'):
    evaluators.make('polygon_precision',
                    data.make('triangles', n=9, channels=3))
  with pytest.raises(errors.ConfigError, match='restarts'):
    evaluators.make('polygons', source, restarts=0)
  with pytest.raises(errors.ConfigError, match='threshold'):
    evaluators.make('polygons', source, threshold=0.)
  bare = painted(source, True)
  bare = bare._replace(game=dataclasses.replace(bare.game, latents={}))
  with pytest.raises(errors.ConfigError, match='Allowed: none'):
    evaluators.make('polygons', source, n=5).probe(bare)
