"""ArtGAN: parts at known logits, and how often G steps."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.nets import artgan as nets
from gans_jax.systems import artgan
from tests.systems.test_exact import batches, start

STILL = dict(name='sgd', lr=0.)


def play(bias=0., form='lse', g_lr=0., d_lr=0., **options):
  """A round of a D whose logits are all `bias` and reconstruction is 0."""
  source = data.make('digits')
  game = artgan.build(
      source.spec, nets=dict(name='artgan_mlp', hidden=(8,), d_hidden=(8, 4)),
      z=3, form=form, g_optim=dict(name='sgd', lr=g_lr),
      d_optim=dict(name='sgd', lr=d_lr), **options)
  state = start(game, source)
  d = jax.tree.map(jnp.zeros_like, state.params['d'])
  head = next(k for k, v in d.items() if v['bias'].shape[0] in (10, 11))
  d[head]['bias'] += bias
  state = state.replace(params={**state.params, 'd': d})
  batch = batches(source, game)
  after, found = jax.jit(functools.partial(G.play, game))(state, batch)
  return state, after, found, np.asarray(batch['x'][-1])


def test_parts_at_zero_logits():
  _, _, found, x = play(weight=.5)
  np.testing.assert_allclose(found['d/classes'], np.log(10), rtol=1e-6)
  np.testing.assert_allclose(
      found['d/source'], 2 * 1.246603, rtol=1e-6)      # twice Improved GAN's
  np.testing.assert_allclose(
      found['d/autoencoding'], .25 * np.mean(x ** 2), rtol=1e-5)
  np.testing.assert_allclose(found['g/classes'], np.log(10), rtol=1e-6)
  np.testing.assert_allclose(found['g/source'], np.log(1.1), rtol=1e-6)
  assert found['g/autoencoding'] > 0


def test_the_first_form_is_a_softmax_over_one_class_more():
  """All logits alike: CE of K + 1 classes, in two parts: log 11 in all."""
  _, _, found, _ = play(form='softmax')
  np.testing.assert_allclose(
      found['d/classes'] + found['g/source'], np.log(11), rtol=1e-6)
  np.testing.assert_allclose(
      found['d/source'], np.log(1.1) + np.log(11), rtol=1e-6)


def test_a_d_that_cannot_tell_is_met_by_one_step():
  """(sp(-s) + sp(s)) / 2 is log 2 at least, and that is above .67."""
  for bias in (0., -5., -np.log(10)):
    _, after, found, _ = play(bias)
    s = bias + np.log(10)
    np.testing.assert_allclose(after.memory['difficulty'], np.mean(
        [np.log1p(np.exp(-s)), np.log1p(np.exp(s))]), rtol=1e-5)
    assert found['g/steps'] == 1


@pytest.mark.parametrize('difficulty, steps', [
    (.9, 1), (.671, 1), (.669, 3), (.301, 3), (.299, 5)])
def test_five_three_or_one(difficulty, steps):
  """As many updates of G, by the count of its Adam."""
  source = data.make('digits')
  game = artgan.build(
      source.spec, nets=dict(name='artgan_mlp', hidden=(8,), d_hidden=(8, 4)),
      z=3, g_optim=dict(name='adam', lr=1e-3), d_optim=STILL)
  state = start(game, source).replace(
      memory=dict(difficulty=jnp.float32(difficulty)))
  batch = {k: v[-1] for k, v in batches(source, game).items()}
  move = game.round[1]
  after, found = jax.jit(lambda s: move.step(
      game, s, batch, jax.random.key(0), None))(state)
  assert found['g/steps'] == steps
  counts = [x for x in jax.tree.leaves(after.opt['g']) if x.dtype == jnp.int32]
  assert counts and all(int(n) == steps for n in counts)
  assert after.memory['difficulty'] == np.float32(difficulty)


def test_magnified_pictures_are_means_of_larger_ones():
  """A generator whose every pixel is b, magnified or not, makes tanh(b)."""
  for magnified in (True, False):
    net = nets.Generator((8, 8, 2), 8, magnified)
    z = jnp.ones((2, 3))
    variables = net.init(jax.random.key(0), z, train=False)
    params = jax.tree.map(jnp.zeros_like, variables['params'])
    last = f'Conv_{sum(k.startswith("Conv") for k in params) - 1}'
    params[last]['bias'] = jnp.float32([.5, -1.])
    made = net.apply({**variables, 'params': params}, z, train=False)
    assert made.shape == (2, 8, 8, 2)
    np.testing.assert_allclose(
        made, np.broadcast_to(np.tanh([.5, -1.]), made.shape), rtol=1e-5)


def test_published_sizes():
  """The code's layers, counted by hand."""
  def count(net, *shape):
    made = jax.eval_shape(lambda: net.init(
        jax.random.key(0), *(jnp.zeros(s) for s in shape), train=False))
    return sum(x.size for x in jax.tree.leaves(made['params']))
  conv = lambda i, o, k=3: i * o * k * k
  bn = lambda *widths: 2 * sum(widths)
  g = count(nets.Generator(), (1, 100), (1, 10))
  assert g == (110 * 8192 + bn(8192) + conv(512, 256) + conv(256, 128)
               + conv(128, 128) + conv(128, 64) + conv(64, 64) + conv(64, 32)
               + bn(256, 128, 128, 64, 64, 32) + conv(32, 3) + 3)
  d = count(nets.Discriminator(outputs=10), (1, 32, 32, 3))
  assert d == (conv(3, 96) + 96 + conv(96, 96) + conv(96, 192)
               + conv(192, 192) + conv(192, 256) + conv(256, 256, 1)
               + conv(256, 512, 1) + bn(96, 192, 192, 256, 256, 512)
               + 64 * 512 * 10 + 10 + conv(512, 256) + conv(256, 128)
               + conv(128, 128) + conv(128, 64) + bn(256, 128, 128, 64)
               + conv(64, 3) + 3)


def test_what_cannot_be():
  with pytest.raises(errors.ConfigError, match='halves pictures twice'):
    jax.eval_shape(lambda: nets.Discriminator(outputs=2).init(
        jax.random.key(0), jnp.zeros((1, 6, 6, 1)), train=False))
  with pytest.raises(errors.ConfigError, match="Did you mean 'softmax'"):
    play(form='sofmax')
