"""The SN ResNets: published sizes, plain forms of the blocks, modes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import resnet
from tests.nets.filled import KEYS, check, count, draw, fill, quick

Y = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]


def conv(a, b, k=3):
  return a * b * k * k + b


def test_published_sizes():
  """SN32 by the layer lists of the authors' code, biases everywhere."""
  w, z, x = 256, np.zeros((2, 128)), np.zeros((2, 32, 32, 3))
  up = 2 * conv(w, w) + conv(w, w, 1) + 2 * 2 * w
  g = 128 * 16 * w + 16 * w + 3 * up + 2 * w + conv(w, 3)
  assert count(resnet.Generator(), z) == g == 4_276_739
  w = 128
  first = conv(3, w) + conv(w, w) + conv(3, w, 1)
  d = first + 3 * 2 * conv(w, w) + conv(w, w, 1) + w + 1
  assert count(resnet.Discriminator(), x) == d == 1_053_825
  assert count(resnet.Discriminator(spectral=False), x) == d
  # Labels: a gain and a bias a class for each BN of a block; a projection.
  y = np.zeros((2, 10))
  assert count(resnet.Generator(), z, y) == g + 6 * (10 - 1) * 2 * 256
  assert count(resnet.Discriminator(), x, y) == d + 10 * 128


@pytest.mark.parametrize('size, last, blocks', [
    (28, 14, 3), (32, 8, 4), (48, 12, 4), (64, 8, 5)])
def test_sizes(size, last, blocks):
  """G reaches the size; D halves it down to `last`, then keeps it twice."""
  def shapes(net, x):
    out, state = jax.eval_shape(lambda: net.init_with_output(
        KEYS, x, train=True, capture_intermediates=True,
        mutable=['params', 'batch_stats', 'spectral', 'intermediates']))
    blocks = [v['__call__'][0].shape for k, v in sorted(
        state['intermediates'].items()) if 'DownBlock' in k]
    return out.shape, blocks
  x = np.zeros((2, size, size, 3))
  g = resnet.Generator((size, size, 3), width=4)
  assert shapes(g, np.zeros((2, 5)))[0] == x.shape
  out, seen = shapes(resnet.Discriminator(width=4), x)
  assert out == (2,) and len(seen) == blocks
  assert [s[1] for s in seen[-3:]] == [last] * 3


def test_the_authors_nets_for_64_px():
  g = resnet.Generator((64, 64, 3), width=(16, 8, 4, 2, 1))
  d = resnet.Discriminator(width=(1, 2, 4, 8, 16))
  up = lambda a, b: conv(a, b) + conv(b, b) + conv(a, b, 1) + 2 * (a + b)
  down = lambda a, b: conv(a, a) + conv(a, b) + conv(a, b, 1)
  assert count(g, np.zeros((2, 128))) == (
      129 * 16 * 16 + up(16, 8) + up(8, 4) + up(4, 2) + up(2, 1) + 2
      + conv(1, 3))
  assert count(d, np.zeros((2, 64, 64, 3))) == (
      conv(3, 1) + conv(1, 1) + conv(3, 1, 1) + down(1, 2) + down(2, 4)
      + down(4, 8) + down(8, 16) + 17)
  with pytest.raises(ConfigError, match='one width or 5, not 2'):
    count(resnet.Generator((64, 64, 3), width=(8, 4)), np.zeros((2, 8)))


@pytest.mark.parametrize('size', [6, 30, 36])
def test_bad_sizes(size):
  with pytest.raises(ConfigError, match='24, 28, 32, 40, 48'):
    count(resnet.Generator((size, size, 1), width=4), np.zeros((1, 8)))
  with pytest.raises(ConfigError, match=f'{size} x {size}'):
    count(resnet.Discriminator(width=4), np.zeros((1, size, size, 1)))


def plain_conv(p, x):
  """lax's own convolution, with no resizing inside."""
  return jax.lax.conv_general_dilated(
      x, p['kernel'], (1, 1), 'SAME',
      dimension_numbers=('NHWC', 'HWIO', 'NHWC')) + p['bias']


def doubled(x):
  return jnp.repeat(jnp.repeat(x, 2, 1), 2, 2)


def halved(x):
  b, h, w, c = x.shape
  return x.reshape(b, h // 2, 2, w // 2, 2, c).mean((2, 4))


def test_up_block_equals_its_plain_form():
  x = draw(2, 4, 4, 6)
  net = resnet.UpBlock(5, norm=None)
  variables = fill(net, x, None)
  def both(variables, x):
    a, b, shortcut = (variables['params'][f'Conv_{i}'] for i in range(3))
    h = plain_conv(a, doubled(jax.nn.relu(x)))
    h = plain_conv(b, jax.nn.relu(h)) + plain_conv(shortcut, doubled(x))
    return net.apply(variables, x, None, train=True), h
  found, expected = quick(both, variables, x)
  assert found.shape == (2, 8, 8, 5)
  np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize('first', [False, True])
@pytest.mark.parametrize('halve, width', [(True, 5), (False, 5), (False, 6)])
def test_down_block_equals_its_plain_form(first, halve, width):
  x = draw(2, 4, 4, 6)
  net = resnet.DownBlock(width, halve, first, spectral=False)
  call = lambda variables, x: net.apply(
      variables, x, train=True, update_u=True)
  variables = jax.eval_shape(
      lambda: net.init(KEYS, x, train=True, update_u=True))
  variables = jax.tree.map(lambda s: draw(*s.shape), dict(variables))

  def plain(variables, x):
    params, pool = variables['params'], halved if halve else lambda h: h
    h = plain_conv(params['Conv_0'], x if first else jax.nn.relu(x))
    h = pool(plain_conv(params['Conv_1'], jax.nn.relu(h)))
    if halve or width != 6:
      x = pool(plain_conv(params['Conv_2'], x))
    else:
      assert 'Conv_2' not in params
    return h + x

  found, expected = quick(
      lambda v, x: (call(v, x), plain(v, x)), variables, x)
  np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


def test_generator_modes():
  out = check(resnet.Generator((8, 8, 3), width=4), draw(4, 6), Y, True)
  assert out['test'].shape == (4, 8, 8, 3)
  check(resnet.Generator((8, 8, 3), width=4, norm=None), draw(4, 6), Y, False)


@pytest.mark.parametrize('options, differs', [
    ({}, True),                                      # u moves in training
    ({'norm': 'layer', 'spectral': False, 'pool': 'mean'}, False),
], ids=['spectral', 'layer'])
def test_discriminator_modes(options, differs):
  net = resnet.Discriminator(width=4, **options)
  check(net, draw(4, 8, 8, 3), Y, differs)


def test_projection_and_pool():
  """The label's part of the logit is <V y, h>; a mean pools 1/64 of a sum."""
  x, zero = draw(4, 8, 8, 3), np.zeros((4, 3), np.float32)
  net = resnet.Discriminator(width=4, spectral=False)
  variables = fill(net, x, Y)
  def logits(variables, x):
    run = lambda net, y: net.apply(variables, x, y, train=True)
    mean = resnet.Discriminator(width=4, spectral=False, pool='mean')
    return [run(net, None), run(net, zero), run(net, Y), run(mean, Y)]
  none, zeros, labelled, mean = quick(logits, variables, x)
  np.testing.assert_allclose(none, zeros, rtol=1e-6)
  bias = variables['params']['Dense_0']['bias'][0]
  np.testing.assert_allclose(mean - bias, (labelled - bias) / 64, rtol=1e-3,
                             atol=1e-5)
  with pytest.raises(ConfigError, match="'sum' or 'mean'"):
    count(resnet.Discriminator(width=4, pool='max'), x)
