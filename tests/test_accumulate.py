"""A batch in parts: the same steps, in less memory."""

import dataclasses
import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, dispatch, errors, experiment, sharding
from gans_jax import game as G
from gans_jax.benchmark import measure
from tests.test_train import leaves, tiny

SGD = dict(name='sgd', lr=1e-2, momentum=.5)
KEY = jax.random.key(0)


class Number(nn.Module):
  """A number, and how often it was used in training."""

  @nn.compact
  def __call__(self, *, train):
    used = self.variable('counts', 'used', lambda: jnp.zeros(()))
    if train and not self.is_initializing():
      used.value += 1
    return self.param('n', nn.initializers.zeros_init(), ())


def quadratic(**options):
  """D's loss is (d - mean x)^2 / 2, G's (g - d)^2 / 2; a pool of four x."""
  def d_loss(t):
    mean = jnp.mean(t.batch['x'])
    t.remember(seen=t.memory['seen'] + .1 * mean, pool=jnp.concatenate(
        [t.memory['pool'], t.batch['x'][:, 0]])[-4:])
    return jnp.mean((t.apply('d') - t.batch['x']) ** 2) / 2
  def g_loss(t):
    return (t.apply('g') - t.apply('d')) ** 2 / 2
  tx = optax.sgd(.5)
  return G.Game(
      nets=dict(g=Number(), d=Number()),
      players=dict(g=G.Player(('g',), tx), d=G.Player(('d',), tx)),
      round=[G.Move('d', d_loss), G.Move('g', g_loss)],
      memory=dict(seen=0., pool=np.zeros(4, np.float32)),
      sample=lambda t: dict(x=t.apply('g') + t.normal(1)), **options)


def test_parts_make_the_step_of_the_whole():
  x = np.arange(8., dtype=np.float32)[:, None]
  game = quadratic(accumulate=4)
  assert game.batches == 1
  state, logged = G.play(game, G.init(game, KEY, dict(x=x)), dict(x=x[None]))
  np.testing.assert_allclose(state.params['d']['n'], 3.5 / 2, rtol=1e-6)
  # G moves once, at the D that has stepped.
  np.testing.assert_allclose(state.params['g']['n'], 3.5 / 4, rtol=1e-6)
  # A scalar is remembered as of the whole; a pool goes from part to part: the
  # last two have rows 2, 6 and 3, 7.
  np.testing.assert_allclose(state.memory['seen'], .35, rtol=1e-6)
  assert state.memory['pool'].tolist() == [2, 6, 3, 7]
  assert float(state.stats['d']['counts']['used']) == 1
  np.testing.assert_allclose(logged['d/d_loss'], np.mean(x ** 2) / 2, rtol=1e-6)


@pytest.mark.parametrize('name, sections', [
    ('gan_ring', {}), ('r1_gan_ring', {}), ('sngan_ring', {}),
    ('began_digits', {'batch': 16})])
def test_rounds_are_those_of_the_whole_batch(name, sections):
  """Under SGD: noise, penalties, spectral vectors and BEGAN's k."""
  c = tiny(name, **sections)
  c.model.g_optim = c.model.d_optim = SGD
  c.mesh.accumulate = 4
  exp = experiment.build(c)
  whole = dataclasses.replace(exp.game, accumulate=1)
  loader = data.Loader(exp.source, c.batch, 0, batches=whole.batches)
  state = jax.jit(exp.init)()
  rounds = jax.tree.map(jnp.asarray, [
      {k: v[0] for k, v in loader.batch(i).items()} for i in range(3)])
  ends = []
  for game in (whole, exp.game):
    end, play = state, jax.jit(functools.partial(G.play, game))
    for batches in rounds:
      end, logged = play(end, batches)
    ends.append((leaves(end), logged))
  jax.tree.map(lambda a, b: np.testing.assert_allclose(
      a, b, rtol=2e-5, atol=2e-6), *ends)


def test_over_eight_devices_it_is_one_device_with_the_whole():
  ends = []
  for mesh, parts in ((sharding.make_mesh(data=1), 1),
                      (sharding.make_mesh(), 2)):
    c = tiny('gan_ring', batch=32)
    c.model.g_optim = c.model.d_optim = SGD
    c.mesh.accumulate = parts
    exp = experiment.build(c)
    loader = data.Loader(exp.source, 32, 0, batches=1, rounds=5)
    state = jax.device_put(exp.init(), sharding.state_sharding(
        mesh, jax.eval_shape(exp.init)))
    play = dispatch.compiled(exp.game, state, mesh, 1)
    ends.append(leaves(play(state, sharding.put_batch(
        loader.batch(0), mesh))[0]))
  jax.tree.map(lambda a, b: np.testing.assert_allclose(
      a, b, rtol=2e-5, atol=2e-6), *ends)


def test_parts_need_less_memory():
  def held(parts):
    c = tiny('gan_ring', batch=4096, **{'model.nets.hidden': (64, 64)})
    c.mesh.update(accumulate=parts, data=1)
    return measure.Bench(c).compile().memory
  assert held(8) < .4 * held(1)


@pytest.mark.parametrize('name, changes, message', [
    ('gan_ring', dict(accumulate=0), 'mesh.accumulate=0: needs a whole number'),
    ('gan_ring', dict(accumulate=3), 'batch=32 cannot be cut into'),
    ('pacgan_ring', dict(accumulate=32), 'packs of 2 samples do not fill')])
def test_what_cannot_be_parted_is_told_at_once(name, changes, message):
  c = tiny(name, batch=32)
  c.mesh.update(changes)
  with pytest.raises(errors.ConfigError, match=message):
    experiment.build(c)


def test_parts_smaller_than_the_devices_are_refused(tmp_path):
  from gans_jax import train
  c = tiny('gan_ring', batch=16)
  c.mesh.accumulate = 4
  with pytest.raises(errors.ConfigError, match='8 devices in 4 parts'):
    train.train(c, tmp_path / 'run', progress=False)
  assert not (tmp_path / 'run').exists()
