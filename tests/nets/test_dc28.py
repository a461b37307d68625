"""The InfoGAN nets: sizes by hand, shapes, labels, modes."""

import flax.linen as nn
import jax
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import dc28
from tests.nets.filled import check, count, draw

Y = np.eye(10, dtype=np.float32)[[0, 2, 2, 1]]


def conv(a, b, k, bias=False):
  return a * b * k * k + b * bias


def dense(a, b, bias=False):
  return a * b + b * bias


@pytest.mark.parametrize('size, channels, k', [(28, 1, 4), (32, 3, 4),
                                               (28, 1, 5)])
@pytest.mark.parametrize('labels', [0, 10])
def test_sizes_by_hand(size, channels, k, labels):
  """No bias where BN follows; gamma and beta counted; labels in each layer."""
  z, x = np.zeros((2, 62)), np.zeros((2, size, size, channels))
  y = [np.zeros((2, labels))] if labels else []
  flat = 128 * (size // 4) ** 2
  bn = lambda *widths: 2 * sum(widths)
  assert count(dc28.Generator((size, size, channels), kernel=k), z, *y) == (
      dense(62 + labels, 1024) + dense(1024 + labels, flat)
      + conv(128 + labels, 64, k) + conv(64 + labels, channels, k, True)
      + bn(1024, flat, 64))
  assert count(dc28.Discriminator(kernel=k), x, *y) == (
      conv(channels + labels, 64, k, True) + conv(64 + labels, 128, k)
      + dense(flat + labels, 1024) + dense(1024 + labels, 1, True)
      + bn(128, 1024))
  # Without BatchNorm the biases are back.
  assert count(dc28.Discriminator(kernel=k, norm=None), x, *y) == (
      conv(channels + labels, 64, k, True) + conv(64 + labels, 128, k, True)
      + dense(flat + labels, 1024, True) + dense(1024 + labels, 1, True))


def test_shape_trace():
  """62 -> 1024 -> 7 x 7 x 128 -> 14 x 14 x 64 -> 28 x 28 x 1, and back."""
  def trace(net, x):
    seen = []
    def note(next_fun, args, kwargs, context):
      out = next_fun(*args, **kwargs)
      if isinstance(context.module, nn.BatchNorm):
        seen.append(out.shape[1:])
      return out
    with nn.intercept_methods(note):
      out = jax.eval_shape(
          lambda: net.init(jax.random.key(0), x, train=True))
    assert out
    return seen
  assert trace(dc28.Generator(), np.zeros((2, 62))) == [
      (1024,), (7 * 7 * 128,), (14, 14, 64)]
  assert trace(dc28.Discriminator(), np.zeros((2, 28, 28, 1))) == [
      (7, 7, 128), (1024,)]


def test_generator():
  net = dc28.Generator((12, 12, 2), width=4, fc=16, out='sigmoid')
  out = check(net, draw(4, 6), Y, differs=True)
  assert out['test'].shape == (4, 12, 12, 2)
  assert 0 <= out['test'].min() < out['test'].max() <= 1


@pytest.mark.parametrize('options, differs', [
    ({}, True),                                    # BN, and SN's u
    ({'norm': None}, False),
    ({'norm': None, 'spectral': True}, True),
    ({'norm': 'layer', 'kernel': 5}, False),
], ids=['batch', 'none', 'spectral', 'layer'])
def test_discriminator(options, differs):
  net = dc28.Discriminator(width=4, fc=16, **options)
  out = check(net, draw(4, 12, 12, 2), Y, differs)
  assert out['test'].shape == (4,)


@pytest.mark.parametrize('where', ['input_noise', 'noise'])
def test_noise_is_there_in_training_alone(where):
  plain = dc28.Discriminator(width=4, fc=16, norm=None)
  noisy, x = plain.clone(**{where: .5}), draw(4, 12, 12, 2)
  params = plain.init(jax.random.key(0), x, train=False)
  run = lambda net, train, seed: np.asarray(net.apply(
      params, x, train=train, rngs=dict(noise=jax.random.key(seed))))
  np.testing.assert_array_equal(run(noisy, False, 0), run(plain, False, 0))
  one, other = (run(noisy, True, seed) for seed in range(2))
  assert np.abs(one - other).min() > 0
  np.testing.assert_array_equal(run(plain, True, 0), run(plain, False, 0))


@pytest.mark.parametrize('shape', [(30, 30, 1), (28, 32, 1)])
def test_bad_sizes(shape):
  with pytest.raises(ConfigError, match='multiple of 4'):
    count(dc28.Generator(shape), np.zeros((1, 8)))
  with pytest.raises(ConfigError, match=f'{shape[0]} x {shape[1]}'):
    count(dc28.Discriminator(), np.zeros((1, *shape)))
