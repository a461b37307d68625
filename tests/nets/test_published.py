"""Nets of single papers at their published size, by their layers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import pairs
from gans_jax.nets import gulrajani, lsgan, mescheder, salimans
from tests.nets.filled import KEYS, check, count, draw, quick

Y = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]


def conv(a, b, k=3, bias=True):
  return k * k * a * b + bias * b


def made(name, size, channels=3, **options):
  """(G, D) of pictures, by name, as configs have them."""
  shape = (size, size, channels)
  spec = Spec('x', 'train', 1, dict(x=shape), dict(x='float32'), range=(-1, 1))
  return (*pairs.make(spec, name=name, **options), np.zeros((2, *shape)))


def test_mescheder_of_256_px():
  """LSUN bedrooms: 64 to 1024 channels, blocks of two convolutions."""
  g, d, x = made('mescheder', 256)
  block = lambda a, b: (conv(a, min(a, b)) + conv(min(a, b), b)
                        + (a != b) * a * b)
  widths = (64, 128, 256, 512, 1024, 1024, 1024)
  down = sum(map(block, widths, widths[1:])) + block(64, 64)
  up = sum(map(block, widths[1:], widths)) + block(64, 64)
  assert count(g, np.zeros((2, 256))) == 257 * 16 * 1024 + up + conv(64, 3)
  assert count(d, x) == conv(3, 64) + down + 16 * 1024 + 1


def test_mescheder_s_block_by_hand():
  x, net = draw(2, 4, 4, 3), mescheder.Block(5)
  def both(x):
    p = net.init(KEYS, x)['params']
    run = lambda name, h: jax.lax.conv_general_dilated(
        h, p[name]['kernel'], (1, 1), 'SAME',
        dimension_numbers=('NHWC', 'HWIO', 'NHWC')) + p[name].get('bias', 0)
    lrelu = lambda h: jnp.where(h > 0, h, .2 * h)
    h = run('Conv_1', lrelu(run('Conv_0', lrelu(x))))
    return net.apply({'params': p}, x), run('Conv_2', x) + .1 * h
  np.testing.assert_allclose(*quick(both, x), rtol=1e-4, atol=1e-5)


def test_lsgan_of_112_px():
  g, d, x = made('lsgan', 112)
  widths = ((256, 256), (256, 256), (256, 256), (256, 256), (256, 128),
            (128, 64))
  assert count(g, np.zeros((2, 1024))) == (
      1024 * 49 * 256 + 2 * 256
      + sum(conv(a, b, bias=False) + 2 * b for a, b in widths) + conv(64, 3))
  assert count(d, x) == (
      conv(3, 64, 5) + conv(64, 128, 5, False) + conv(128, 256, 5, False)
      + conv(256, 512, 5, False) + 2 * (128 + 256 + 512) + 49 * 512 + 1)
  assert jax.eval_shape(lambda: g.init_with_output(
      KEYS, np.zeros((2, 9)), train=True))[0].shape == x.shape
  with pytest.raises(errors.ConfigError, match='multiples of 16'):
    count(made('lsgan', 28)[0], np.zeros((2, 9)))


def test_wgan_gp_of_64_px():
  g, d, x = made('gulrajani', 64)
  up = lambda a, b: conv(a, b) + conv(b, b) + conv(a, b, 1) + 2 * (a + b)
  down = lambda a, b: conv(a, a) + conv(a, b) + conv(a, b, 1) + 4 * a
  assert count(g, np.zeros((2, 128))) == (
      129 * 16 * 512 + up(512, 512) + up(512, 256) + up(256, 128)
      + up(128, 64) + 2 * 64 + conv(64, 3))
  assert count(d, x) == (
      conv(3, 64) + down(64, 128) + down(128, 256) + down(256, 512)
      + down(512, 512) + 16 * 512 + 1)


@pytest.mark.parametrize('width', [96, 64])
def test_improved_gan_of_32_px(width):
  """CIFAR-10's and SVHN's: every layer has a length and a bias an output."""
  g, d, x = made('improved_conv', 32, d_width=width)
  a, b = width, 2 * width
  layers = ((3, a, 3), (a, a, 3), (a, a, 3), (a, b, 3), (b, b, 3), (b, b, 3),
            (b, b, 3), (b, b, 1), (b, b, 1), (b, 10, 1))
  assert count(d.clone(outputs=10), x) == sum(
      k * k * i * o + 2 * o for i, o, k in layers)
  assert count(g, np.zeros((2, 100))) == (
      100 * 16 * 512 + 25 * (512 * 256 + 256 * 128 + 128 * 3) + 3
      + 2 * (512 + 256 + 128))


def test_f_gan_s_of_mnist():
  dense = lambda a, b: a * b + b
  g, d, x = made('f_gan', 28, 1)
  assert count(g, np.zeros((2, 100))) == (
      100 * 1200 + 1200 * 1200 + 4 * 1200 + dense(1200, 784))
  assert count(d, x) == dense(784, 240) + dense(240, 240) + dense(240, 1)


def test_weights_of_the_convolutions_are_set_by_data():
  """Outputs of each layer begin with a standard deviation of 1, the last .1."""
  x, net = draw(64, 16, 16, 3), salimans.Convolutional(4, outputs=3)
  def run(x):
    (logits, h), v = net.init_with_output(KEYS, x, train=False, features=True)
    dropped = [net.apply(v, x, train=True, rngs=dict(
        dropout=jax.random.key(seed))) for seed in (0, 1)]
    return logits, h, *dropped
  logits, h, a, b = quick(run, x)
  np.testing.assert_allclose(logits.mean(0), 0, atol=1e-5)
  np.testing.assert_allclose(logits.std(0), .1, rtol=1e-3)
  assert h.shape == (64, 8)
  assert (a != logits).any() and (a != b).any()


@pytest.mark.parametrize('net, shape, differs', [
    (mescheder.Generator((8, 8, 2), 4, 8), (4, 6), False),
    (lsgan.Generator((16, 16, 2), 4), (4, 6), True),
    (mescheder.Discriminator(4, 8), (4, 8, 8, 2), False),
    (gulrajani.Critic(4, 2), (4, 8, 8, 2), False),
], ids=lambda p: type(p).__name__)
def test_modes(net, shape, differs):
  out = check(net, draw(*shape), Y, differs)
  assert out['test'].shape == (4, *getattr(net, 'shape', ()))
