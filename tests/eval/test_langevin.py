"""Sampling driven by D, where the answer is known."""

import dataclasses

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, sharding
from gans_jax.eval import langevin
from gans_jax.eval.sampler import Mode, Sampler
from gans_jax.families import priors
from gans_jax.game import Game, Latent, Move, Player, init
from gans_jax.systems import gan
from tests.systems.test_exact import start

KEY = jax.random.key(7)


class Scale(nn.Module):
  """G(z) = w z."""

  scale: float

  @nn.compact
  def __call__(self, z, train):
    del train
    return self.param('w', nn.initializers.constant(self.scale), ()) * z


class Ratio(nn.Module):
  """An exact D: log p(x) / q(x), of functions x [n, k] -> [n]."""

  log_p: object
  log_q: object

  @nn.compact
  def __call__(self, x, train):
    del train
    self.param('none', nn.initializers.zeros, ())
    return self.log_p(x) - self.log_q(x)


def normal(mean, std):
  return lambda x: jnp.sum(
      -jnp.square((x - mean) / std) / 2 - jnp.log(std), -1)


def game_of(scale, log_p, dims, prior='normal', log_q=None):
  """G(z) = scale z, z of the prior, and the D that knows both densities."""
  draw = priors.make(prior, dims)
  decode = lambda t, z: dict(x=t.apply('g', z))
  judge = lambda t: t.apply('d', t.batch['x'])
  return Game(
      nets=dict(g=Scale(scale), d=Ratio(log_p, log_q or normal(0., scale))),
      players={n: Player((n,), optax.sgd(.1)) for n in 'gd'},
      round=[Move('g', lambda t: jnp.mean(decode(t, draw(t))['x'])),
             Move('d', lambda t: jnp.mean(judge(t)))],
      sample=lambda t: decode(t, draw(t)), critic=judge,
      latents=dict(z=Latent(draw, decode, True, priors.OF_NORMAL[prior])))


def drawn(game, dims, n, steps, step, mesh=None):
  source = data.arrays(np.zeros((64, dims), np.float32), range=(-1., 1.))
  state = init(game, KEY, source.batch(np.arange(4)))
  sampler = Sampler(game, source, 1024, mesh)
  mode = Mode(langevin=langevin.Langevin(steps, step))
  return (sampler.draw(state, KEY)(n)['x'],
          sampler.draw(state, KEY, mode=mode)(n)['x'])


def test_a_gaussian_is_found_from_another():
  """p = N(1, .5^2), G's is N(0, 1): D's chain ends in p, whatever G's is."""
  game = game_of(1., normal(1., .5), 2)
  plain, moved = drawn(game, 2, 4096, 200, .02)
  np.testing.assert_allclose(plain.mean(0), 0., atol=.06)
  np.testing.assert_allclose(plain.std(0), 1., atol=.05)
  np.testing.assert_allclose(moved.mean(0), 1., atol=.03)
  # A chain of steps h has variance s^2 / (1 - h / (4 s^2)): 1 % too wide.
  np.testing.assert_allclose(moved.std(0), .5 * 1.01, atol=.02)
  np.testing.assert_allclose(np.corrcoef(moved.T)[0, 1], 0., atol=.06)


def test_where_d_says_nothing_the_prior_stays():
  same = normal(0., 3.)
  plain, moved = drawn(game_of(3., same, 1), 1, 4096, 100, .05)
  np.testing.assert_allclose(moved.std(), plain.std(), rtol=.06)
  assert np.abs(moved - plain).max() > 1.     # and yet all have moved


def test_uniform_codes_keep_to_their_box():
  """G(z) = 2 z of U(-1, 1), p of density (2 + x) / 8 on (-2, 2): mean 2/3."""
  inside = lambda x: jnp.log(jnp.maximum(2 + x[:, 0], 1e-6) / 8)
  game = game_of(2., inside, 1, 'uniform', lambda x: jnp.full(len(x), -1.386))
  plain, moved = drawn(game, 1, 4096, 400, .02)
  assert np.abs(moved).max() <= 2.
  np.testing.assert_allclose(plain.mean(), 0., atol=.06)
  np.testing.assert_allclose(moved.mean(), 2 / 3, atol=.05)
  np.testing.assert_allclose(np.square(moved).mean(), 4 / 3, atol=.08)


def test_a_poor_generator_is_put_right():
  """A G that makes one broad blob, and a D that knows the ring."""
  centres = jnp.asarray(data.make('ring8', n=8).spec.centres)
  ring = lambda x: jax.nn.logsumexp(jnp.stack(
      [normal(c, .1)(x) for c in centres]), 0)
  plain, moved = drawn(game_of(1.6, ring, 2), 2, 1024, 300, 1e-3)
  near = lambda x: np.mean(np.min(np.linalg.norm(
      x[:, None] - np.asarray(centres), axis=-1), 1) < .3)
  assert near(plain) < .25
  assert near(moved) > .9
  nearest = np.argmin(np.linalg.norm(
      moved[:, None] - np.asarray(centres), axis=-1), 1)
  assert np.bincount(nearest, minlength=8).min() > 1024 / 8 / 2


@pytest.mark.parametrize('prior', list(priors.OF_NORMAL))
def test_priors_are_functions_of_normal_noise(prior):
  t = type('T', (), dict(
      n=4000, normal=lambda self, z: jax.random.normal(KEY, (4000, z)),
      uniform=lambda self, z, low=-1., high=1.: jax.random.uniform(
          KEY, (4000, z), minval=low, maxval=high)))()
  drawn = priors.make(prior, 2)(t)
  made = priors.OF_NORMAL[prior](jax.random.normal(KEY, (4000, 2)))
  levels = np.linspace(.01, .99, 25)
  np.testing.assert_allclose(
      np.quantile(made, levels), np.quantile(drawn, levels), atol=.12)


def test_a_system_takes_it_and_labels_stay():
  from gans_jax.systems import cgan
  source = data.make('ring8', labels=True, n=64)
  game = cgan.build(source.spec, nets=dict(name='mlp', hidden=(8,)), z=2)
  sampler = Sampler(game, source, 16)
  state = start(game, source)
  chain = Mode(langevin=langevin.Langevin(3, .1))
  plain = sampler.draw(state, KEY)(20, 5)
  draw = sampler.draw(state, KEY, mode=chain)
  moved = draw(20, 5)
  assert set(moved['y']) == {5} and moved['x'].shape == (20, 2)
  assert np.abs(moved['x'] - plain['x']).max() > 1e-3
  np.testing.assert_array_equal(draw(20, 5)['x'], moved['x'])
  assert draw.protocol['langevin'] == dict(steps=3, step=.1)
  assert 'langevin' not in sampler.draw(state, KEY).protocol


def test_eight_devices_draw_what_one_draws():
  game = game_of(1., normal(1., .5), 2)
  one = drawn(game, 2, 16, 5, .1)[1]
  eight = drawn(game, 2, 16, 5, .1, sharding.make_mesh())[1]
  np.testing.assert_allclose(one, eight, rtol=1e-5, atol=1e-6)


def test_games_and_modes_that_have_no_chain():
  source = data.make('ring8', n=64)
  game = gan.build(source.spec, nets=dict(name='mlp', hidden=(4,)), z=2)
  state, chain = start(game, source), langevin.Langevin()
  latent = game.latents['z']
  for changes, message in (
      (dict(latents={}), 'a latent z'), (dict(critic=None), 'a critic'),
      (dict(latents=dict(z=latent._replace(of_normal=None))), 'a prior that')):
    broken = dataclasses.replace(game, **changes)
    with pytest.raises(errors.ConfigError, match=message):
      Sampler(broken, source, 8).draw(state, KEY, mode=Mode(langevin=chain))
  for mode in (dict(cutoff=1.), dict(psi=.5)):
    with pytest.raises(errors.ConfigError, match='choose one'):
      Sampler(game, source, 8).draw(
          state, KEY, mode=Mode(langevin=chain, **mode))


def test_it_is_asked_for_by_config_and_by_flag():
  mode = Mode.of(dict(langevin=dict(steps=7)), 'evals.x.mode')
  assert mode.langevin == langevin.Langevin(7, .01)
  assert hash(mode) == hash(Mode(langevin=langevin.parse('steps=7')))
  assert langevin.parse(None) is None
  for text, message in (('stps=1', "Did you mean 'steps'"),
                        ('steps=x', 'a number is missing'),
                        ('steps=0', 'steps=0'), ('step=-1', 'step=-1.0')):
    with pytest.raises(errors.ConfigError, match=message):
      langevin.parse(text)
