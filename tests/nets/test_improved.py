"""The parts of Improved GAN: layers against NumPy, and its nets."""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors
from gans_jax import game as games
from gans_jax.families import pairs
from gans_jax.nets import mlp, salimans
from gans_jax.nets.layers.minibatch import MinibatchDiscrimination
from gans_jax.nets.layers.noise import GaussianNoise
from gans_jax.nets.layers.virtual_norm import VirtualBatchNorm, WithReference
from gans_jax.nets.layers.weight_norm import WeightNorm
from tests.nets.filled import count, draw, fill, quick

KEY = jax.random.key(0)


def test_minibatch_discrimination_by_hand():
  """f = 0, 1, 3 and T = 1: sums of e^-1, e^-2, e^-3 by pairs."""
  layer = MinibatchDiscrimination(1, 1, kernel_init=nn.initializers.ones)
  f = np.float32([[0], [1], [3]])
  out = quick(lambda f: layer.init_with_output(KEY, f)[0], f)
  np.testing.assert_array_equal(out[:, :1], f)
  np.testing.assert_allclose(out[:, 1], [.417667, .503215, .185122], rtol=1e-5)


def test_minibatch_discrimination_against_loops():
  f, layer = draw(4, 3), MinibatchDiscrimination(2, 5)
  out, v = quick(lambda f: layer.init_with_output(KEY, f), f)
  m = (f @ v['params']['Dense_0']['kernel']).reshape(4, 2, 5)
  near = [[sum(np.exp(-np.abs(m[i, b] - m[j, b]).sum())
               for j in range(4) if j != i) for b in range(2)]
          for i in range(4)]
  np.testing.assert_allclose(out[:, 3:], near, rtol=1e-5)


@pytest.mark.parametrize('shape', [(5,), (2, 2, 5)])
def test_virtual_batch_norm_by_hand(shape):
  reference, x = 1 + 2 * draw(6, *shape), draw(3, *shape, seed=2)
  layer = VirtualBatchNorm(6)
  v = fill_plain(layer, np.concatenate([reference, x]))
  out = quick(layer.apply, v, np.concatenate([reference, x]))
  pixels = tuple(range(len(shape) - 1))
  of = lambda h: (h.mean(pixels), (h ** 2).mean(pixels))
  everywhere = tuple(range(len(shape)))
  mean_r, square_r = (a.mean(everywhere) for a in (reference, reference ** 2))
  scale, bias = v['params']['scale'], v['params']['bias']
  for i, example in enumerate(x):
    mean, square = of(example)
    mean, square = (mean + 6 * mean_r) / 7, (square + 6 * square_r) / 7
    expected = (example - mean) / np.sqrt(square - mean ** 2 + 1e-5)
    np.testing.assert_allclose(out[6 + i], expected * scale + bias, atol=2e-5)
  expected = (reference - mean_r) / np.sqrt(square_r - mean_r ** 2 + 1e-5)
  np.testing.assert_allclose(out[:6], expected * scale + bias, atol=2e-5)


def fill_plain(layer, x):
  shapes = jax.eval_shape(layer.init, KEY, x)
  rng = np.random.default_rng(0)
  return jax.tree.map(lambda s: rng.normal(size=s.shape).astype(s.dtype),
                      shapes)


def test_reference_batch_stays_and_examples_are_apart():
  g = WithReference(mlp.Generator(
      (2,), (7,), norm=functools.partial(VirtualBatchNorm, 4)), 4)
  z = draw(6, 3)
  def everything(z):
    v = g.init(KEY, z, train=True)
    run = lambda z, train: g.apply(v, z, train=train)
    return v['reference'], run(z, True), run(z[2:3], True), run(z, False)
  reference, all_of_it, one, test = quick(everything, z)
  np.testing.assert_array_equal(reference['batch'][0], z[:4])
  assert all_of_it.shape == (6, 2)
  np.testing.assert_allclose(all_of_it[2:3], one, atol=1e-5)
  np.testing.assert_array_equal(all_of_it, test)
  few = jax.eval_shape(lambda z: g.init(KEY, z, train=True), z[:1])
  assert few['reference']['batch'][0].shape == (4, 3)


def test_weight_norm_by_hand_and_its_data_dependent_beginning():
  x, layer = 3 + 2 * draw(50, 4), nn.Dense(3, use_bias=False)
  net = WeightNorm(layer)
  first, v = quick(lambda x: net.init_with_output(KEY, x), x)
  np.testing.assert_allclose(first.mean(0), 0, atol=1e-5)
  np.testing.assert_allclose(first.std(0), 1, rtol=1e-4)
  p = v['params']
  kernel = p['layer']['kernel']
  w = p['scale'] * kernel / np.linalg.norm(kernel, axis=0)
  other = draw(5, 4, seed=3)
  np.testing.assert_allclose(quick(net.apply, v, other),
                             other @ w + p['bias'], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize('learn', [True, False])
def test_weight_norm_s_gradient_keeps_directions(learn):
  """It is orthogonal to v, and reaches the lengths only if they are learnt."""
  net, x = WeightNorm(nn.Dense(3, use_bias=False), learn), draw(9, 4)
  v = quick(lambda x: net.init(KEY, x), x)
  g = quick(jax.grad(lambda p: jnp.sum(jnp.sin(
      net.apply({'params': p}, 2 * x)))), v['params'])
  np.testing.assert_allclose(np.sum(
      g['layer']['kernel'] * v['params']['layer']['kernel'], 0), 0, atol=1e-5)
  assert np.abs(g['layer']['kernel']).max() > 0
  assert (np.abs(g['scale']).max() > 0) == learn


def test_passes_of_a_move_share_the_norm():
  """Found once, and gradients are those of passes that each find it."""
  class Net(nn.Module):

    @nn.compact
    def __call__(self, x, *, train):
      return WeightNorm(nn.Dense(2, use_bias=False))(x)

  net, x, y = Net(), draw(6, 3), 1 + 2 * draw(6, 3)
  loss = lambda real, fake: jnp.mean(real) - jnp.mean(fake ** 2)
  game = games.Game(
      nets=dict(d=net), players=dict(d=games.Player(('d',), optax.sgd(1.))),
      round=[games.Move('d', lambda t: loss(
          t.apply('d', t.batch['x']), t.apply('d', t.batch['y'])))],
      sample=lambda t: t.batch['x'])
  apart = lambda p: loss(*(
      net.apply({'params': p}, v, train=True) for v in (x, y)))

  def run():
    state = games.init(game, KEY, dict(x=x, y=y))
    after, _ = games.play(game, state, dict(x=x[None], y=y[None]))
    return state, after, jax.grad(apart)(state.params['d'])

  state, after, slope = quick(run)
  jax.tree.map(
      lambda w, new, g: np.testing.assert_allclose(w - new, g, atol=1e-5),
      state.params['d'], after.params['d'], slope)
  roots = lambda f: str(jax.make_jaxpr(f)(state.params['d'])).count(' sqrt ')
  shared = lambda p: game.round[0].loss(games.Turn(
      game, state, dict(x=x, y=y), KEY, params=dict(d=p)))
  assert (roots(shared), roots(apart)) == (1, 2)


def test_noise_is_there_in_training_alone():
  x = np.ones((200, 50), np.float32)
  layer = GaussianNoise(.3)
  train, test = quick(lambda x: [layer.apply(
      {}, x, train=on, rngs=dict(noise=KEY)) for on in (True, False)], x)
  np.testing.assert_array_equal(test, x)
  np.testing.assert_allclose((train - x).std(), .3, rtol=.02)
  np.testing.assert_allclose((train - x).mean(), 0, atol=.01)


def test_published_discriminator():
  """784-1000-500-250-250-250-10, with a length and a bias an output."""
  widths = (784, 1000, 500, 250, 250, 250, 10)
  weights = sum(a * b for a, b in zip(widths, widths[1:]))
  net = salimans.Discriminator(outputs=10)
  assert count(net, draw(2, 28, 28, 1)) == weights + 2 * sum(widths[1:])


def test_discriminator_s_noise_features_and_labels():
  x = draw(6, 4)
  net = salimans.Discriminator((5, 3), outputs=2)
  v = fill(net, x)
  def run(train, seed, **options):
    return net.apply(v, x, train=train, rngs=dict(noise=jax.random.key(seed)),
                     **options)
  a, b, c, (logits, features) = quick(lambda: (
      run(True, 0), run(True, 1), run(False, 0),
      run(False, 1, features=True)))
  assert a.shape == (6, 2) and features.shape == (6, 3)
  assert (a != b).any()
  np.testing.assert_array_equal(c, logits)


def test_parts_of_a_config_s_nets():
  spec = data.make('digits').spec
  g, d = pairs.make(spec, name='mlp', hidden=(8,), norm='batch',
                    minibatch=dict(kernels=3, dims=2), virtual=4)
  z, x = draw(5, 3), draw(5, 8, 8, 1)
  out, v = quick(lambda z: g.init_with_output(KEY, z, train=True), z)
  assert out.shape == (5, 8, 8, 1) and v['reference']['batch'][0].shape == (
      4, 3)
  shapes = jax.eval_shape(lambda: d.init(KEY, x, train=True))['params']
  assert shapes['Dense_1']['kernel'].shape == (8 + 3, 1)
  with pytest.raises(errors.ConfigError, match='kernel'):
    pairs.make(spec, name='mlp', minibatch=dict(kernls=3))
  with pytest.raises(errors.ConfigError, match='virtual=4'):
    pairs.make(spec, name='mlp', virtual=4)
