import json

import flax.linen as nn
import jax
import numpy as np
import optax
import pytest

from gans_jax import data, errors, game, sharding
from gans_jax.eval import evaluators, onepass
from gans_jax.eval.evaluators import perceptual
from gans_jax.eval.measures import path_length

A = np.array([[2., 0.], [0., 1.], [1., 1.]], np.float32)    # z -> x


class Linear(nn.Module):

  @nn.compact
  def __call__(self, z, train=True):
    return z @ self.param('a', lambda _: A.T)


def linear_probe(source, spherical):
  latent = game.Latent(lambda t: t.normal(2),
                       lambda t, z: dict(x=t.apply('g', z)), spherical)
  g = game.Game(
      nets=dict(g=Linear()), players=dict(g=game.Player(('g',), optax.sgd(0.))),
      round=[game.Move('g', lambda t: t.apply('g', t.normal(2)).mean())],
      sample=lambda t: dict(x=t.apply('g', t.normal(2))),
      latents=dict(z=latent))
  state = game.init(g, jax.random.key(0), source.spec.zeros(2))
  return onepass.Probe(g, state, source, jax.random.key(1))


@pytest.fixture
def source():
  return data.arrays(np.random.default_rng(0).normal(size=(100, 3)))


@pytest.mark.parametrize('sampling', ['full', 'end'])
def test_a_linear_generator_between_codes_on_a_line(source, sampling):
  """|A (b - a)|^2 of any step: E = tr A (2 I) A' = 2 |A|^2."""
  evaluator = evaluators.make('ppl', source, n=6400, sampling=sampling,
                              distance='euclidean', epsilon=1e-2)
  found = evaluator.probe(linear_probe(source, False))
  name = f'ppl_z_{sampling}_euclidean'
  assert found.keys() == {name, f'{name}_low', f'{name}_high'}
  # What the rule of percentiles leaves of that distribution, by numpy.
  gap = np.random.default_rng(1).normal(size=(400_000, 2)) * np.sqrt(2)
  want = path_length.kept(np.sum((gap @ A.T) ** 2, 1)).mean()
  assert found[f'{name}_low'] < want < found[f'{name}_high']
  assert found[name] == pytest.approx(want, rel=.06)
  assert want == pytest.approx(2 * np.sum(A ** 2), rel=.06)


def test_on_a_sphere_speed_is_the_angle(source):
  """G = identity at the end: |dz/dt|^2 = |a|^2 angle^2 + (|b| - |a|)^2."""
  rng = np.random.default_rng(0)
  a, b = rng.normal(size=(2, 50, 3))
  t, step = rng.uniform(size=50), 1e-6
  x, y = path_length.slerp(a, b, t), path_length.slerp(a, b, t + step)
  na, nb = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
  angle = np.arccos(np.sum(a * b, 1) / na / nb)
  speed = (na + t * (nb - na)) ** 2 * angle ** 2 + (nb - na) ** 2
  np.testing.assert_allclose(
      np.sum((x - y) ** 2, 1) / step ** 2, speed, rtol=1e-4)
  np.testing.assert_allclose(path_length.slerp(a, b, np.zeros(50)), a)
  np.testing.assert_allclose(path_length.slerp(a, b, np.ones(50)), b)
  # Of unit vectors it is Shoemake's formula.
  a, b = a / na[:, None], b / nb[:, None]
  want = (np.sin((1 - t) * angle)[:, None] * a + np.sin(t * angle)[:, None] * b
          ) / np.sin(angle)[:, None]
  np.testing.assert_allclose(path_length.slerp(a, b, t), want, rtol=1e-9)
  # The same code twice has no circle: it stays.
  np.testing.assert_allclose(path_length.slerp(a, a, t), a, atol=1e-7)


def test_the_evaluator_takes_the_sphere_where_the_space_is_one(source):
  options = dict(n=640, distance='euclidean', epsilon=1e-2)
  found = [evaluators.make('ppl', source, **options).probe(
      linear_probe(source, s))['ppl_z_full_euclidean'] for s in (False, True)]
  assert found[0] != pytest.approx(found[1], rel=.01)


def test_outer_percentiles_are_dropped_as_samples():
  lengths = np.arange(200.)
  # 1st percentile 1.99 -> 1; 99th 197.01 -> 198.
  np.testing.assert_array_equal(path_length.kept(lengths), np.arange(1., 199.))
  lengths[7] = 1e9
  assert path_length.path_length(lengths * 4., 2.) < 200
  with pytest.raises(ValueError, match='nan'):
    path_length.kept(np.array([1., np.nan]))
  with pytest.raises(ValueError, match='codes'):
    path_length.lerp(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(3))


def test_crop_is_the_middle_of_a_face():
  spec = data.arrays(np.zeros((2, 16, 16, 1), np.float32), range=(0, 1)).spec
  x = np.zeros((3, 16, 16, 1), np.float32)
  x[0, 6, 4], x[1, 13, 11], x[2, 5, 4] = 1, 2, 1    # rows 6-13, columns 4-11
  d = perceptual.Distance('euclidean', spec, crop=True)
  np.testing.assert_allclose(d(x, np.zeros_like(x)), [1, 4, 0])
  d = perceptual.Distance('euclidean', spec)
  np.testing.assert_allclose(d(x, np.zeros_like(x)), [1, 4, 1])


def test_protocol_and_mistakes(source):
  evaluator = evaluators.make('ppl', source, n=10, distance='euclidean')
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(distance='euclidean', space='z', sampling='full', epsilon=1e-4,
              n_fake=10, crop=False).items() <= protocol.items()
  with pytest.raises(errors.ConfigError, match="'w'.*Allowed: z"):
    evaluators.make('ppl', source, n=10, space='w', distance='euclidean'
                    ).probe(linear_probe(source, False))
  with pytest.raises(errors.ConfigError, match='lpip'):
    evaluators.make('ppl', source, distance='lpip')
  with pytest.raises(errors.ConfigError, match='RGB or grey'):
    evaluators.make('ppl', source, distance='lpips_hed')
  with pytest.raises(errors.ConfigError, match='16 pixels'):
    evaluators.make('ppl', data.make('digits'), distance='lpips_hed')
  with pytest.raises(errors.ConfigError, match="'ends'.*'end'"):
    evaluators.make('ppl', source, sampling='ends', distance='euclidean')
  with pytest.raises(errors.ConfigError, match='epsilon'):
    evaluators.make('ppl', source, epsilon=0., distance='euclidean')


def test_eight_devices_find_what_one_does(source):
  evaluator = evaluators.make('ppl', source, n=100, distance='euclidean',
                              epsilon=1e-2)
  one = linear_probe(source, True)
  spread = one._replace(state=one.state.replace(params=sharding.replicate(
      jax.device_get(one.state.params), sharding.make_mesh())))
  assert evaluator.probe(spread) == pytest.approx(evaluator.probe(one),
                                                  rel=1e-5)
