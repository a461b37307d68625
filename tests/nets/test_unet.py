"""The nets of U-Net GAN: published sizes, the authors' numbers, modes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import biggan, unet
from tests.nets.filled import KEYS, check, count, draw, fill, quick

Y = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]
FIVE = np.eye(5, dtype=np.float32)[[1, 3]]


def conv(a, b, k=3):
  return a * b * k * k + b


def block(a, b):
  """Two 3x3 convolutions and a 1x1 in the skip: a wide block, up or down."""
  return conv(a, b) + conv(b, b) + conv(a, b, 1)


@pytest.mark.parametrize('size, down, up, d, g, of_classes', [
    (128, (3, 1, 2, 4, 8, 16), ((16, 8), (16, 4), (8, 2), (4, 1), (2, 1)),
     31_481_602, 33_732_739, 31_857_667),
    (256, (3, 1, 2, 4, 8, 8, 16),
     ((16, 8), (16, 8), (16, 4), (8, 2), (4, 1), (2, 1)),
     44_067_586, 39_043_203, 37_060_227)])
def test_published_sizes(size, down, up, d, g, of_classes):
  """As counted of the authors' modules, but for a layer that D never uses."""
  ch, x, y = 64, np.zeros((2, size, size, 3)), np.zeros((2, 10))
  widths = [3, *(ch * w for w in down[1:])]
  by_hand = sum(map(block, widths, widths[1:])) + sum(
      block(ch * a, ch * b) for a, b in up)
  by_hand += 16 * ch + 1 + conv(ch, 1, 1)
  assert count(unet.Discriminator(), x) == by_hand == d
  assert count(unet.Discriminator(), x, y) == d + 10 * 16 * ch + 10 * ch
  assert count(unet.Generator((size, size, 3)), np.zeros((2, 128))) == g
  assert count(biggan.Generator((size, size, 3), 64), np.zeros((2, 126)), y
               ) == of_classes


def test_the_authors_discriminator():
  """Logits of its float64 module with these parameters, by labels."""
  net = unet.Discriminator(1, spectral=False)
  x = draw(2, 128, 128, 3)
  out = quick(lambda v, x: net.apply(v, x, FIVE, train=True),
              fill(net, x, FIVE), x)
  assert out.shape == (2, 1 + 128 * 128)
  np.testing.assert_allclose(out[:, [0, 1, 5000, 16384]], [
      [5.410518603552978, .06712369063755652, .0916780644288141,
       .028949186363426263],
      [4.625291343387359, .5535788308681575, -.4250212308056567,
       -.18753187249013564]], atol=2e-5)
  np.testing.assert_allclose(
      out[:, 1:].mean(1), [-.008116473243575516, .012653496452391309],
      atol=2e-6)
  np.testing.assert_allclose(
      out[:, 1:].std(1), [.08258807388761615, .2781132098457776], rtol=1e-5)


@pytest.mark.parametrize('y', [None, Y])
def test_modes_of_d(y):
  net = unet.Discriminator((2, 3), attention=4)
  check(net, draw(4, 8, 8, 1), y, differs=True)    # spectral vectors move


@pytest.mark.parametrize('y', [None, Y])
def test_modes_of_g(y):
  net = unet.Generator((8, 8, 1), width=2, attention=8, out=None)
  assert check(net, draw(4, 6), y, True)['test'].shape == (4, 8, 8, 1)


def test_pixels_are_where_they_were():
  """Pixels are in rows: what is far from a change stays as it was."""
  net = unet.Discriminator((2,), spectral=False)
  x = draw(1, 32, 32, 1)
  other = x.copy()
  other[0, 2, 20] += 1
  before, after = (quick(
      lambda v, x: net.apply(v, x, train=True), fill(net, x), a
      )[0, 1:].reshape(32, 32) for a in (x, other))
  rows, columns = np.nonzero(np.abs(before - after) > 1e-5)
  assert abs(rows - 2).max() <= 9 and abs(columns - 20).max() <= 9
  assert len(rows) > 4


def test_every_skip_reaches_its_block():
  """The decoder sees the encoder at each size, not only its end."""
  net, x = unet.Discriminator((1, 2, 4), spectral=False), draw(1, 16, 16, 1)
  v = fill(net, x)
  # Cut the way through the bottom: what is left comes through the skips.
  for name in ('Conv_0', 'Conv_1', 'Conv_2'):
    v['params']['UpBlock_0'][name] = jax.tree.map(
        np.zeros_like, v['params']['UpBlock_0'][name])
  gradient = lambda v, f: quick(jax.grad(lambda p: jnp.sum(net.apply(
      {**v, 'params': p}, x, train=True)[:, 1:] * f)), v['params'])
  weights = draw(1, 256)
  found = gradient(v, weights)
  size = lambda tree: max(np.abs(w).max() for w in jax.tree.leaves(tree))
  assert size(found['DownBlock_0']) > 0 and size(found['DownBlock_1']) > 0
  assert size(found['DownBlock_2']) == 0
  kernel = v['params']['UpBlock_1']['Conv_0']['kernel']
  assert kernel.shape == (3, 3, 2 + 2, 1)        # the block before, and a skip
  # Without the second skip nothing of its block is left.
  for name in ('Conv_0', 'Conv_2'):
    v['params']['UpBlock_1'][name]['kernel'][:, :, 2:] = 0
  v['params']['UpBlock_2']['Conv_0']['kernel'][:, :, 1:] = 0
  v['params']['UpBlock_2']['Conv_2']['kernel'][:, :, 1:] = 0
  assert size(gradient(v, weights)['DownBlock_0']) == 0


def test_features_heads_and_spectral_vectors():
  net, x = unet.Discriminator((2, 3)), draw(4, 8, 8, 1)
  v = fill(net, x, Y)
  def run(**options):
    return quick(lambda v: net.apply(
        v, x, Y, train=True, mutable=['spectral'], **options), v)
  (logits, pooled), kept = run(features=True, update_u=False)
  assert logits.shape == (4, 65) and pooled.shape == (4, 3)
  alike = lambda a, b: [bool((p == q).all()) for p, q in zip(
      jax.tree.leaves(a), jax.tree.leaves(b['spectral']))]
  assert all(alike(v['spectral'], kept))
  out, moved = run()
  # Vectors of one output, and the 1 by u of one input, are what they are.
  changed = alike(v['spectral'], moved)
  assert sum(changed) < len(changed) / 2
  assert np.abs(out - logits).max() > 0
  head = unet.Discriminator((2, 3), outputs=5)
  assert quick(lambda v: head.apply(v, x, train=False), fill(head, x)
               ).shape == (4, 5)
  assert not any('Up' in name for name in fill(head, x)['params'])


def test_self_modulation_by_hand():
  h, z = draw(5, 2, 2, 3), draw(5, 4, seed=2)
  net = unet.SelfModulation()
  v = fill(net, h, z)
  out, _ = quick(lambda v: net.apply(
      v, h, z, train=True, mutable=['batch_stats']), v)
  normed = (h - h.mean((0, 1, 2))) / np.sqrt(h.var((0, 1, 2)) + 1e-5)
  p = v['params']
  code = lambda n: np.maximum(
      z @ p[f'{n}_hidden']['kernel'] + p[f'{n}_hidden']['bias'], 0
      ) @ p[n]['kernel']
  np.testing.assert_allclose(
      out, normed * (1 + code('scale'))[:, None, None]
      + code('bias')[:, None, None], rtol=1e-4, atol=1e-5)


def test_g_begins_orthogonal():
  net = unet.Generator((8, 8, 1), width=2)
  kernel = quick(lambda z: net.init(KEYS, z, train=True)['params']['Dense_0'],
                 draw(2, 6))['kernel']
  np.testing.assert_allclose(kernel @ kernel.T, np.eye(6), atol=1e-5)


@pytest.mark.parametrize('net, x, message', [
    (unet.Discriminator((2, 2, 2, 2)), (1, 8, 8, 1), 'a multiple of 16'),
    (unet.Discriminator(()), (1, 8, 8, 1), 'one width or more'),
    (unet.Discriminator(2), (1, 36, 36, 1), '36 x 36'),
    (unet.Discriminator((2, 3), attention=8), (1, 8, 8, 1),
     'attention=8'),
    (unet.Generator((36, 36, 1), 2), (1, 6), '36 x 36')])
def test_what_cannot_be(net, x, message):
  with pytest.raises(ConfigError, match=message):
    count(net, np.zeros(x))
