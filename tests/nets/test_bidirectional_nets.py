"""The nets of BiGAN, ALI and BigBiGAN: published sizes, wiring."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import ali, bigan, bigbigan, biggan
from tests.nets.filled import KEYS, count, draw, fill, quick


def test_bigan_sizes_by_the_layers():
  """50 - 1024 - 1024 - 784 and back, z joining second layers, no biases."""
  x, z = np.zeros((2, 28, 28, 1)), np.zeros((2, 50))
  inner = 1024 ** 2 + 50 * 1024
  assert count(bigan.Generator(), z) == 50 * 1024 + inner + 1024 * 784
  assert count(bigan.Discriminator(), x, z) == 784 * 1024 + inner + 1024
  assert count(bigan.Discriminator(outputs=50), x) == (
      784 * 1024 + 1024 ** 2 + 1024 * 50)


def test_ali_sizes_by_the_layers():
  x, z = np.zeros((2, 32, 32, 3)), np.zeros((2, 64))
  layer = lambda a, b, k: a * b * k * k
  chain = ((5, 32), (4, 64), (4, 128), (4, 256), (4, 512), (1, 512))
  e, last = 0, 3
  for k, width in chain:
    e, last = e + layer(last, width, k) + 2 * width, width
  assert count(ali.Encoder(), x) == e + 512 * 128 + 128
  g, last = 0, 64
  for k, width in ((4, 256), (4, 128), (4, 64), (4, 32), (5, 32), (1, 32)):
    g, last = g + layer(last, width, k) + 2 * width, width
  assert count(ali.Generator(), z) == g + 32 * 3 + 32 * 32 * 3
  # Of each layer's filters half as many maxima are left.
  d, last = 0, 3
  for k, width in chain[:-1]:
    d, last = d + layer(last, width, k) + width, width // 2
  d += 65 * 512 + 257 * 512 + 513 * 1024 + 513 * 1024 + 513
  assert count(ali.Discriminator(), x, z) == d


def test_bigbigan_sizes_by_the_layers():
  """D is BigGAN's of 88.0M less its table of labels, and two MLPs."""
  x, z = np.zeros((2, 128, 128, 3)), np.zeros((2, 120))
  f, size = biggan.discriminator(x.shape[1:], attention=64), 86_446_370
  dense = lambda a, b: (a + 1) * b
  mlp = lambda first: 2 * dense(first, 2048) + 7 * dense(2048, 2048)
  assert size == 87_982_370 - 1000 * 1536
  assert count(bigbigan.Towers(f), x, z) == (
      size + mlp(120) + mlp(1536 + 2048) + 2 * dense(2048, 1))
  # A ResNet-50 of the second version: 23.5M without a classifier.
  trunk = 3 * 64 * 49
  last = 64
  for i, depth in enumerate((3, 4, 6, 3)):
    w = 64 << i
    for j in range(depth):
      trunk += last * w + 9 * w * w + 4 * w * w + 2 * (last + 2 * w)
      trunk += last * 4 * w if j == 0 else 0
      last = 4 * w
  trunk += 2 * 2048
  assert 23.4e6 < trunk < 23.6e6
  head = 2 * dense(2048, 4096) + 3 * dense(4096, 4096) + dense(4096, 240)
  assert count(bigbigan.Encoder(), x) == trunk + head


@pytest.mark.parametrize('net, shape', [
    (bigan.Generator((8, 8, 1), 16), (3,)),
    (bigan.Discriminator(16, outputs=5), (8, 8, 1)),
    (ali.Generator((32, 32, 1), 2), (3,)),
    (bigbigan.Encoder(6, 4, (1, 1), 8, 1), (16, 16, 1))],
    ids=['g', 'e', 'ali_g', 'bigbigan_e'])
def test_all_parameters_are_used_and_bfloat16_is_near(net, shape):
  x = draw(4, *shape)
  variables = fill(net, x)
  def everything(variables, x):
    def loss(params):
      out, _ = net.apply({**variables, 'params': params}, x, train=True,
                         mutable=['batch_stats'])
      # Not their sum: BatchNorm makes that constant.
      return jnp.sum(out * jnp.cos(jnp.arange(out.size)).reshape(out.shape))
    run = lambda net: net.apply(variables, x, train=False)
    return (jax.grad(loss)(variables['params']), run(net),
            run(net.clone(dtype=jnp.bfloat16)))
  gradients, plain, half = quick(everything, variables, x)
  for gradient in jax.tree.leaves(gradients):
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0
  assert plain.dtype == half.dtype == np.float32
  assert 0 < np.abs(half - plain).max() < .05 * np.abs(plain).max() + .02


@pytest.mark.parametrize('net', [
    bigan.Discriminator(16), ali.Discriminator(4),
    bigbigan.Towers(biggan.discriminator((32, 32, 3), 1), 8, 1)],
    ids=['bigan', 'ali', 'bigbigan'])
def test_d_sees_both_of_a_pair(net):
  """And no example of the batch looks at another in evaluation."""
  x, z = draw(3, 32, 32, 3), draw(3, 4, seed=2)
  variables = fill(net, x, z)
  def run(x, z):
    return net.apply(variables, x, z, train=False, features=True)[0].reshape(
        3, -1)[:, -1]
  plain, other_z, other_x = quick(
      lambda x, z: (run(x, z), run(x, z.at[0].add(1.)),
                    run(x.at[0].add(1.), z)), jnp.asarray(x), jnp.asarray(z))
  for other in (other_z, other_x):
    assert abs(other[0] - plain[0]) > 1e-5
    np.testing.assert_allclose(other[1:], plain[1:], atol=1e-6)


def test_unary_scores_look_at_one_of_a_pair():
  net = bigbigan.Towers(biggan.discriminator((8, 8, 1), 1), 8, 1)
  x, z = draw(3, 8, 8, 1), draw(3, 4, seed=2)
  variables = fill(net, x, z)
  run = lambda x, z: net.apply(variables, x, z, train=False)
  a, b, c = quick(lambda x, z: (run(x, z), run(x, z + 1), run(x + 1, z)), x, z)
  np.testing.assert_allclose(a[:, 0], b[:, 0], atol=1e-6)    # s_x
  np.testing.assert_allclose(a[:, 1], c[:, 1], atol=1e-6)    # s_z
  for changed in (b[:, 1] - a[:, 1], b[:, 2] - a[:, 2], c[:, 0] - a[:, 0],
                  c[:, 2] - a[:, 2]):
    assert (np.abs(changed) > 1e-6).all()


def test_ali_takes_pictures_of_32_pixels():
  made = jax.eval_shape(lambda: ali.Generator((32, 32, 1), 2).init_with_output(
      KEYS, np.zeros((2, 4)), train=True))[0]
  assert made.shape == (2, 32, 32, 1)
  with pytest.raises(ConfigError, match='data.size=32'):
    ali.Encoder().init(KEYS, np.zeros((2, 28, 28, 1)), train=True)
