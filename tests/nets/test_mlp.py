"""Dense nets: shapes, published sizes, maxout, labels, dropout, gradients."""

import flax.linen as nn
import jax
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import mlp
from gans_jax.nets.layers import ends
from tests.nets.filled import KEYS, check, count, draw, fill, quick

Y = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]


def run(net, variables, x, train=True):
  return quick(lambda v, x: net.apply(v, x, train=train), variables, x)


def test_t2_by_hand():
  """The 2-D generator and discriminator, in numpy."""
  z, x = draw(4, 8), draw(4, 2)
  g, d = mlp.Generator((2,)), mlp.Discriminator()
  gv, dv = fill(g, z), fill(d, x)
  dense = lambda v, i, h: (h @ v['params'][f'Dense_{i}']['kernel']
                           + v['params'][f'Dense_{i}']['bias'])
  relu = lambda h: np.maximum(h, 0)
  lrelu = lambda h: np.where(h > 0, h, .2 * h)
  expected = dense(gv, 2, relu(dense(gv, 1, relu(dense(gv, 0, z)))))
  np.testing.assert_allclose(run(g, gv, z), expected, atol=1e-5)
  expected = dense(dv, 2, lrelu(dense(dv, 1, lrelu(dense(dv, 0, x)))))[:, 0]
  np.testing.assert_allclose(run(d, dv, x), expected, atol=1e-5)
  assert count(g, z) == 8 * 128 + 128 + 128 * 128 + 128 + 128 * 2 + 2


def test_published_sizes():
  """Goodfellow et al. 2014 and Mirza and Osindero 2014 for MNIST, by hand."""
  dense = lambda a, b: a * b + b
  z, x, y = np.zeros((2, 100)), np.zeros((2, 28, 28, 1)), np.zeros((2, 10))
  shape = 28, 28, 1
  assert count(mlp.Generator(shape, (1200, 1200)), z) == (
      dense(100, 1200) + dense(1200, 1200) + dense(1200, 784)) == 2_503_984
  assert count(mlp.MaxoutDiscriminator(), x) == (
      dense(784, 1200) + dense(240, 1200) + dense(240, 1)) == 1_231_441
  assert count(mlp.ConditionalGenerator(shape), z, y) == (
      dense(100, 200) + dense(10, 1000) + dense(1200, 1200)
      + dense(1200, 784)) == 2_413_984
  d = mlp.MaxoutDiscriminator(hidden=((240, 5), (240, 4)), labels=(50, 5))
  assert count(d, x, y) == (
      dense(784, 1200) + dense(10, 250) + dense(290, 960)
      + dense(240, 1)) == 1_224_351


def test_maxout_by_hand():
  x = draw(5, 3)
  layer = mlp.Maxout(features=4, pieces=2)
  dense = {'kernel': draw(3, 8, seed=2), 'bias': draw(8, seed=3)}
  pieces = (x @ dense['kernel'] + dense['bias']).reshape(5, 4, 2)
  found = quick(layer.apply, {'params': {'Dense_0': dense}}, x)
  np.testing.assert_allclose(found, pieces.max(-1), rtol=1e-5)


def test_initial_values():
  g = mlp.Generator((2, 2), (64,), kernel_init=ends.symmetric_uniform(.05),
                    out_bias_init=nn.initializers.constant(-2.))
  params = quick(lambda z: g.init(KEYS, z, train=True), draw(1, 50))['params']
  kernel = np.asarray(params['Dense_0']['kernel'])
  assert -.05 <= kernel.min() < -.049 and .049 < kernel.max() <= .05
  np.testing.assert_array_equal(params['Dense_1']['bias'], -2.)


def test_pictures_and_their_range():
  z = 50 * draw(6, 4)
  for out, low, high in ('tanh', -1, 1), ('sigmoid', 0, 1):
    g = mlp.Generator((3, 5, 2), (8,), out=out)
    x = run(g, fill(g, z), z)
    assert x.shape == (6, 3, 5, 2) and low <= x.min() < x.max() <= high
    assert x.min() < low + .1 and x.max() > high - .1
  with pytest.raises(ConfigError, match="'tanh', 'sigmoid' or None"):
    count(mlp.Generator((2,), out='relu'), z)
  with pytest.raises(ConfigError, match="'batch', 'layer' or None"):
    count(mlp.Generator((2,), norm='instance'), z)


@pytest.mark.parametrize('net, differs', [
    (mlp.Generator((2,), (16,)), False),
    (mlp.Generator((2,), (16,), norm='batch'), True),
    (mlp.ConditionalGenerator((2, 2), 8, 16, 16), True),
], ids=['plain', 'batch', 'conditional'])
def test_generators(net, differs):
  """Labels matter, bfloat16, gradients; BN and dropout differ in training."""
  out = check(net, draw(4, 6), Y, differs)
  assert out['test'].shape == (4, *net.shape)


@pytest.mark.parametrize('net, differs', [
    (mlp.Discriminator((16, 16)), False),
    (mlp.Discriminator((16, 16), norm='layer', spectral=True), True),
    (mlp.MaxoutDiscriminator(((8, 3), (8, 2))), True),
    (mlp.MaxoutDiscriminator(((8, 3), (8, 2)), labels=(4, 2)), True),
], ids=['plain', 'normed', 'maxout', 'joint'])
def test_discriminators(net, differs):
  out = check(net, draw(4, 2, 3), Y, differs)
  assert out['test'].shape == (4,)


def test_dropout_keeps_the_shares_of_the_paper():
  """With unit weights the logit counts what of a picture of ones is kept."""
  d = mlp.MaxoutDiscriminator(hidden=((1, 1),), hidden_dropout=0.)
  x = np.ones((200, 100), np.float32)
  ones = jax.tree.map(np.ones_like, fill(d, x))
  ones['params']['Maxout_0']['Dense_0']['bias'][:] = 0
  ones['params']['Dense_0']['bias'][:] = 0
  kept = quick(lambda v, x: d.apply(v, x, train=True, rngs=KEYS), ones, x)
  np.testing.assert_allclose(np.mean(kept) / 1.25, 80., rtol=.02)
  np.testing.assert_allclose(run(d, ones, x, train=False), 100.)
