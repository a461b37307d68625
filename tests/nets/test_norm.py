"""Normalisation against NumPy, and what nets begin and end with."""

import flax.linen as nn
import jax
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.norm import ConditionalBatchNorm, norm
from tests.nets.filled import KEYS, draw, fill, quick


class Norm(nn.Module):
  kind: str | None

  @nn.compact
  def __call__(self, h, *, train):
    return norm(self.kind, h, train)


def standardised(h, axes):
  return (h - h.mean(axes, keepdims=True)) / np.sqrt(
      h.var(axes, keepdims=True) + 1e-5)


def test_batch_norm_by_hand():
  h, net = 3 + 2 * draw(6, 4, 4, 5), Norm('batch')
  v = fill(net, h)
  affine = v['params']['BatchNorm_0']
  old = v['batch_stats']['BatchNorm_0']
  (train, new), test = quick(lambda: (
      net.apply(v, h, train=True, mutable=['batch_stats']),
      net.apply(v, h, train=False)))
  expected = standardised(h, (0, 1, 2)) * affine['scale'] + affine['bias']
  np.testing.assert_allclose(train, expected, atol=1e-5)
  expected = ((h - old['mean']) / np.sqrt(old['var'] + 1e-5)
              * affine['scale'] + affine['bias'])
  np.testing.assert_allclose(test, expected, atol=1e-5)
  new = new['batch_stats']['BatchNorm_0']
  np.testing.assert_allclose(
      new['mean'], .9 * old['mean'] + .1 * h.mean((0, 1, 2)), rtol=1e-5)
  np.testing.assert_allclose(
      new['var'], .9 * old['var'] + .1 * h.var((0, 1, 2)), rtol=1e-4)


@pytest.mark.parametrize('shape', [(6, 5), (3, 4, 4, 5)])
def test_layer_norm_by_hand(shape):
  """Over all axes but the batch; a gain and a bias a channel."""
  h, net = 3 + 2 * draw(*shape), Norm('layer')
  v = fill(net, h)
  affine = v['params']['LayerNorm_0']
  expected = (standardised(h, tuple(range(1, h.ndim))) * affine['scale']
              + affine['bias'])
  assert affine['scale'].shape == (5,)
  np.testing.assert_allclose(quick(lambda: net.apply(v, h, train=True)),
                             expected, atol=1e-5)


def test_conditional_batch_norm_by_hand():
  h, y = draw(6, 4, 4, 5), np.eye(3, dtype=np.float32)[[0, 1, 2, 2, 1, 0]]
  net = ConditionalBatchNorm()
  start, v = quick(lambda: net.init(KEYS, h, y, train=True)), fill(net, h, y)
  run = lambda v: net.apply(v, h, y, train=True, mutable=['batch_stats'])[0]
  found, first = quick(lambda: (run(v), run(start)))
  np.testing.assert_allclose(first, standardised(h, (0, 1, 2)), atol=1e-5)
  scale, bias = (y @ v['params'][k]['kernel'] for k in ('scale', 'bias'))
  expected = (standardised(h, (0, 1, 2)) * scale[:, None, None]
              + bias[:, None, None])
  np.testing.assert_allclose(found, expected, atol=1e-5)


def test_labels_are_appended_as_constant_channels():
  h, y = draw(2, 3, 4, 5), np.eye(3, dtype=np.float32)[:2]
  out = np.asarray(ends.append_labels(h, y))
  np.testing.assert_array_equal(out[..., :5], h)
  np.testing.assert_array_equal(out[..., 5:], np.broadcast_to(
      y[:, None, None], (2, 3, 4, 3)))
  assert ends.append_labels(h, None) is h


def test_halvings():
  assert ends.halvings((64, 64, 3), 'a net', [4]) == (4, 4)
  assert ends.halvings((48, 48), 'a net', [4, 5, 6, 7]) == (3, 6)
  assert ends.halvings((28, 28), 'a net', [4, 5, 6, 7]) == (2, 7)
  for shape in (4, 4), (32, 64), (36, 36), (0, 0), (3, 3):
    with pytest.raises(ConfigError, match='a net cannot .* 8, 16, 32, 64'):
      ends.halvings(shape, 'a net', [4])


def test_gain_init():
  gains = quick(lambda: ends.gain_init(.02)(jax.random.key(0), (10_000,)))
  np.testing.assert_allclose([np.mean(gains), np.std(gains)], [1., .02],
                             atol=1e-3)
