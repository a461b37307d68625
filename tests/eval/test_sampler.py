import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, sharding
from gans_jax.eval.sampler import Sampler
from gans_jax.game import Game, Move, Player, init


class Affine(nn.Module):
  """What it makes tells label, noise and weight apart."""

  @nn.compact
  def __call__(self, z, y, train):
    w = self.param('w', nn.initializers.ones, ())
    del train
    return 10. * y[:, None] + w * z


def make_game(traces=None, conditional=True):
  def sample(t):
    if traces is not None:
      traces.append(t.stage)
    y = t.batch['y'] if conditional else jnp.zeros(t.n, jnp.int32)
    y = jnp.argmax(y, -1) if y.ndim == 2 else y
    out = dict(x=t.apply('g', t.normal(2), y))
    return {**out, 'y': t.batch['y']} if conditional else out

  def loss(t):
    return jnp.mean(t.apply('g', t.normal(2), jnp.zeros(t.n)) ** 2)

  return Game(nets=dict(g=Affine()), round=[Move('g', loss)], sample=sample,
              players=dict(g=Player(('g',), optax.sgd(.1))), ema=dict(g=.9))


def make_source(n=40, **options):
  y = np.repeat(np.arange(4), n // 4)
  return data.arrays(np.zeros((n, 2)), y, range=(-1., 1.), **options)


def make_state(game, source):
  state = init(game, jax.random.key(0), source.batch(np.arange(4)))
  return state.replace(ema=dict(g=dict(w=jnp.float32(2))))


KEY = jax.random.key(7)


def test_one_program_draws_everything():
  traces, source = [], make_source()
  game = make_game(traces)
  state = make_state(game, source)
  sampler = Sampler(game, source, batch_size=8)
  del traces[:]
  for n in (3, 8, 20):
    x = sampler.draw(state, KEY)(n)['x']
    assert x.shape == (n, 2) and isinstance(x, np.ndarray)
  sampler.draw(state, KEY, ema=False)(9)
  sampler.draw(state.replace(step=state.step + 5), jax.random.key(1))(9, 2)
  assert traces == [None]
  sampler.draw(state, KEY, stage=4)(9)
  assert traces == [None, 4]


def test_a_draw_is_the_beginning_of_a_longer_one():
  source = make_source()
  game = make_game()
  draw = Sampler(game, source, batch_size=8).draw(
      make_state(game, source), KEY)
  long, short = draw(50), draw(13)
  assert len(np.unique(long['x'][:, 0])) == 50
  for name in ('x', 'y'):
    np.testing.assert_array_equal(long[name][:13], short[name])


def test_labels_come_as_the_data_has_them_or_as_asked():
  source = make_source()
  game = make_game()
  draw = Sampler(game, source, batch_size=16).draw(
      make_state(game, source), KEY)
  out = draw(40)    # once through the data
  np.testing.assert_array_equal(np.bincount(out['y']), [10] * 4)
  assert not np.array_equal(out['y'], np.sort(out['y']))
  np.testing.assert_allclose(out['x'].mean(1) / 10, out['y'], atol=.6)
  asked = np.arange(21) % 3
  out = draw(21, asked)
  np.testing.assert_array_equal(out['y'], asked)
  np.testing.assert_allclose(out['x'].mean(1) / 10, asked, atol=.6)
  np.testing.assert_array_equal(draw(5, 3)['y'], [3] * 5)


def test_every_example_conditions_once_an_epoch():
  source = make_source()
  sampler = Sampler(make_game(), source, batch_size=16)
  order = np.concatenate([sampler.indices(i) for i in range(5)])
  np.testing.assert_array_equal(np.sort(order[:40]), np.arange(40))
  np.testing.assert_array_equal(np.sort(order[40:]), np.arange(40))
  assert not np.array_equal(order[:40], order[40:])
  other = Sampler(make_game(), source, batch_size=16, seed=1)
  assert not np.array_equal(order[:16], other.indices(0))


def test_averaged_params_or_not():
  source = make_source()
  game = make_game()
  state, sampler = make_state(game, source), Sampler(game, source, 8)
  ema, raw = (sampler.draw(state, KEY, ema=e) for e in (True, False))
  np.testing.assert_allclose(ema(5, 0)['x'], 2 * raw(5, 0)['x'], rtol=1e-6)
  assert (ema.protocol['ema'], raw.protocol['ema']) == (True, False)


def test_eight_devices_draw_what_one_draws():
  source = make_source()
  game = make_game()
  state = make_state(game, source)
  one = Sampler(game, source, 16).draw(state, KEY)(20)
  mesh = sharding.make_mesh()
  assert mesh.shape['data'] == 8
  spread = jax.device_put(state, sharding.state_sharding(mesh, state))
  with jax.transfer_guard('disallow'):
    eight = Sampler(game, source, 16, mesh).draw(spread, KEY)(20)
  for name in one:
    np.testing.assert_array_equal(one[name], eight[name])
  with pytest.raises(errors.ConfigError, match='8 devices'):
    Sampler(game, source, 12, mesh)


def test_one_hot_labels_and_arrays_without_names():
  class OneHot:
    def __init__(self, source):
      self.spec, self.source = source.spec, source
    def __len__(self):
      return len(self.source)
    def batch(self, indices, keys=None):
      batch = self.source.batch(indices, keys)
      return {**batch, 'y': np.eye(4, dtype=np.float32)[batch['y']]}

  source = OneHot(make_source())
  game = make_game()
  state = make_state(game, source)
  out = Sampler(game, source, 8).draw(state, KEY)(3, [2, 0, 3])
  np.testing.assert_array_equal(out['y'], np.eye(4)[[2, 0, 3]])
  np.testing.assert_allclose(out['x'].mean(1) / 10, [2, 0, 3], atol=.6)

  bare = make_game(conditional=False)
  bare = Game(**{**vars(bare), 'sample': lambda t: t.normal(3)})
  out = Sampler(bare, source, 8).draw(state, KEY)(5)
  assert list(out) == ['x'] and out['x'].shape == (5, 3)


def test_labels_that_make_no_sense_are_refused():
  source, game = make_source(), make_game()
  state = make_state(game, source)
  draw = Sampler(game, source, 8).draw(state, KEY)
  for labels, match in (([0, 1], '5 samples need'), (4, '0 to 3'),
                        ([-1] * 5, '0 to 3'), ([.5] * 5, 'whole')):
    with pytest.raises(errors.ConfigError, match=match):
      draw(5, labels)
  with pytest.raises(errors.ConfigError, match='at least 1'):
    draw(0)
  plain = make_game(conditional=False)
  with pytest.raises(errors.ConfigError, match='not conditional'):
    Sampler(plain, source, 8).draw(make_state(plain, source), KEY)(5, 1)
  bare = data.make('ring8', n=20)
  with pytest.raises(errors.ConfigError, match='ring8.*no labels'):
    Sampler(plain, bare, 8).draw(make_state(plain, source), KEY)(5, 1)
