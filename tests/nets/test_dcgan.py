"""The DCGAN nets: published size, doubling, initial values, modes."""

import jax
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import dcgan
from tests.nets.filled import KEYS, check, count, draw, quick

Y = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]


def test_published_size():
  """The 64 px generator; its parts, and the discriminator's, by hand."""
  assert count(dcgan.Generator(), np.zeros((2, 100))) == 18_855_043 == (
      100 * 16 * 1024 + 25 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3)
      + 3 + 2 * (1024 + 512 + 256 + 128))
  assert count(dcgan.Discriminator(), np.zeros((2, 64, 64, 3))) == (
      25 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512) + 64
      + 2 * (128 + 256 + 512) + 16 * 512 + 1) == 4_315_649


@pytest.mark.parametrize('size', [8, 16, 32, 64, 128])
def test_sizes(size):
  z, x = np.zeros((2, 5)), np.zeros((2, size, size, 3))
  g, d = dcgan.Generator((size, size, 3), width=2), dcgan.Discriminator(width=2)
  shape = lambda net, x: jax.eval_shape(
      lambda: net.init_with_output(KEYS, x, train=True))[0].shape
  assert shape(g, z) == x.shape and shape(d, x) == (2,)
  widths = [2 << i for i in range(int(np.log2(size // 4)))]
  params = jax.eval_shape(lambda: d.init(KEYS, x, train=True))['params']
  assert [params[f'Conv_{i}']['kernel'].shape[-1]
          for i in range(len(widths))] == widths


@pytest.mark.parametrize('size', [4, 28, 40, 100])
def test_bad_sizes(size):
  with pytest.raises(ConfigError, match='8, 12, 16, 24, 32, 48, 64, 96, 128'):
    count(dcgan.Generator((size, size, 1)), np.zeros((1, 8)))
  if size != 28:
    with pytest.raises(ConfigError, match=f'{size} x {size}'):
      count(dcgan.Discriminator(), np.zeros((1, size, size, 1)))


def test_modes():
  out = check(dcgan.Generator((16, 16, 3), width=4), draw(4, 6), Y, True)
  assert out['test'].shape == (4, 16, 16, 3)
  assert np.abs(out['test']).max() <= 1
  check(dcgan.Discriminator(width=4), draw(4, 16, 16, 3), Y, True)
  check(dcgan.Discriminator(width=4, norm='layer', spectral=True),
        draw(4, 16, 16, 3), Y, True)


def test_initial_values():
  """Weights N(0, .02), gains N(1, .02), the rest 0; logits begin near 0."""
  net = dcgan.Discriminator(width=16)
  params = quick(lambda x: net.init(KEYS, x, train=True),
                 draw(2, 16, 16, 3))['params']
  kernel, norm = params['Conv_1']['kernel'], params['BatchNorm_0']
  np.testing.assert_allclose([np.mean(kernel), np.std(kernel)], [0., .02],
                             atol=1e-3)
  gain = np.asarray(norm['scale'])
  assert .97 < gain.mean() < 1.03 and .005 < gain.std() < .04
  assert 'bias' not in params['Conv_1'] and not np.any(norm['bias'])


def test_28_px_nets_join_labels_everywhere():
  """The authors' conditional MNIST nets, by hand."""
  y = np.zeros((2, 10))
  assert count(dcgan.generator28(), np.zeros((2, 100)), y) == (
      110 * 1024 + 1034 * 6272 + 25 * (138 * 64 + 74) + 1
      + 2 * (1024 + 6272 + 64))
  assert count(dcgan.discriminator28(), np.zeros((2, 28, 28, 1)), y) == (
      25 * (11 * 64 + 74 * 128) + 64 + 6282 * 1024 + 1034 + 1
      + 2 * (128 + 1024))
