"""Self-attention, and the nets that have it."""

import importlib

import jax
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import pairs
from gans_jax.nets import mlp, resnet
from gans_jax.nets.layers.attention import SelfAttention
from tests.nets.filled import count, draw, fill, quick

KEY = jax.random.key(0)


@pytest.mark.parametrize('pool', [False, True])
def test_begins_as_the_identity_and_its_rows_are_means(pool):
  x, net = draw(2, 4, 6, 16), SelfAttention(pool=pool)
  (out, beta), v = quick(lambda x: net.init_with_output(
      KEY, x, train=True, weights=True), x)
  np.testing.assert_array_equal(out, x)
  assert beta.shape == (2, 24, 6 if pool else 24)
  np.testing.assert_allclose(beta.sum(-1), 1., rtol=1e-5)
  inner, value = 2, 8 if pool else 16
  assert sum(a.size for a in jax.tree.leaves(v['params'])) == (
      2 * 16 * inner + 16 * value + (8 * 16 if pool else 0) + 1)
  assert len(v['spectral']) == (4 if pool else 3)


def test_by_hand():
  """x + gain softmax_j(f_i . g_j) h_j, unscaled."""
  x, net = draw(1, 2, 3, 8), SelfAttention(spectral=False)
  v = fill(net, x)
  v['params']['gain'] = np.float32(.7)
  flat = x.reshape(6, 8)
  f, g, h = (flat @ v['params'][k]['kernel'][0, 0]
             for k in ('query', 'key', 'value'))
  score = np.exp(f @ g.T)
  expected = flat + .7 * score / score.sum(1, keepdims=True) @ h
  out = quick(lambda x: net.apply(v, x, train=False), x)
  np.testing.assert_allclose(out.reshape(6, 8), expected, rtol=1e-4, atol=1e-5)


def test_places_may_be_permuted():
  x, net = draw(2, 4, 4, 8), SelfAttention()
  v = fill(net, x)
  order = np.random.default_rng(0).permutation(16)
  mixed = x.reshape(2, 16, 8)[:, order].reshape(x.shape)
  plain, other = quick(lambda a, b: [
      net.apply(v, h, train=False) for h in (a, b)], x, mixed)
  np.testing.assert_allclose(other.reshape(2, 16, 8),
                             plain.reshape(2, 16, 8)[:, order], atol=1e-5)
  assert np.abs(plain - x).max() > 1e-3


def test_published_sagan():
  """By the layers: 128 pixels, 1000 classes, attention at 32 pixels."""
  c = importlib.import_module('configs.sagan_imagenet128').get_config()
  spec = Spec('imagenet', 'train', 1, dict(x=(128, 128, 3), y=()),
              dict(x='float32', y='int32'), classes=1000)
  g, d = pairs.make(spec, classes=1000, **c.model.nets.to_dict())
  conv = lambda a, b, k=3: k * k * a * b + b
  attention = lambda c: 2 * c * (c // 8) + c * c + 1
  classes = 1000
  widths = (1024, 1024, 512, 256, 128, 64)
  want = 128 * 16 * 1024 + 16 * 1024 + 2 * 64 + conv(64, 3) + attention(256)
  for a, b in zip(widths, widths[1:]):
    want += conv(a, b) + conv(b, b) + conv(a, b, 1) + 2 * classes * (a + b)
  z, y, x = np.zeros((2, 128)), np.zeros((2, classes)), np.zeros(
      (2, 128, 128, 3))
  assert count(g, z, y) == want
  widths = (64, 128, 256, 512, 1024, 1024)
  want = conv(3, 64) + conv(64, 64) + conv(3, 64, 1) + attention(128)
  for i, (a, b) in enumerate(zip(widths, widths[1:])):
    want += conv(a, a) + conv(a, b) + (conv(a, b, 1) if i < 4 else 0)
  assert count(d, x, y) == want + 1024 + 1 + classes * 1024


def test_attention_where_there_is_no_such_picture():
  spec = Spec('s', 'train', 1, dict(x=(32, 32, 3)), dict(x='float32'))
  g, d = pairs.make(spec, name='resnet', width=4, d_width=4, attention=12)
  for net, x in ((g, np.zeros((2, 8))), (d, np.zeros((2, 32, 32, 3)))):
    with pytest.raises(errors.ConfigError, match='attention=12'):
      jax.eval_shape(lambda: net.init(KEY, x, train=True))


def test_attention_comes_once_and_is_used():
  x = draw(2, 16, 16, 1)
  net = resnet.Discriminator(4, attention=8)
  v = fill(net, x)
  assert sum(k.startswith('SelfAttention') for k in v['params']) == 1
  g = quick(jax.grad(lambda p: net.apply({**v, 'params': p}, x, train=False)
                     .sum()), v['params'])
  assert abs(g['SelfAttention_0']['gain']) > 0


def test_projection_of_the_label_by_hand():
  """s(x, y) = l(phi) + <V y, phi>; V is normalised too, x is as without y."""
  x, y = draw(5, 3), np.eye(4, dtype=np.float32)[[0, 1, 1, 2, 3]]
  net = mlp.Discriminator((6,), spectral=True, projection=True)
  v = quick(lambda x, y: net.init(KEY, x, y, train=True), x, y)
  p, s = v['params'], v['spectral']
  sigma = lambda layer: np.linalg.norm(p[layer]['kernel'], 2)
  assert sorted(p) == ['Dense_0', 'Dense_1', 'projection'] and len(s) == 3
  h = x @ p['Dense_0']['kernel'] / sigma('Dense_0') + p['Dense_0']['bias']
  h = np.where(h > 0, h, .2 * h)
  row = y @ p['projection']['kernel'] / sigma('projection')
  plain = h @ p['Dense_1']['kernel'] / sigma('Dense_1') + p['Dense_1']['bias']
  found = quick(lambda x, y: net.apply(v, x, y, train=False), x, y)
  np.testing.assert_allclose(found, plain[:, 0] + (row * h).sum(1), rtol=1e-3,
                             atol=1e-4)


def test_a_normalised_net_stretches_nothing():
  """|s(x) - s(y)| <= |x - y| once the spectral vectors have settled."""
  net, x, y = mlp.Discriminator((16, 16), spectral=True), draw(200, 5), draw(
      200, 5, seed=2)
  def settled(x):
    v = net.init(KEY, x, train=True)
    def step(s, _):
      return net.apply({'params': v['params'], **s}, x, train=True,
                       mutable=['spectral'])[1], None
    s, _ = jax.lax.scan(step, {'spectral': v['spectral']}, length=50)
    return [net.apply({'params': v['params'], **s}, a, train=False)
            for a in (x, y)]
  a, b = quick(settled, x)
  assert (np.abs(a - b) <= np.linalg.norm(x - y, axis=1) * (1 + 1e-4)).all()
  assert np.abs(a - b).max() > .01
