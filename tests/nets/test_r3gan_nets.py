"""R3GAN's nets and filters against closed forms, scipy and published sizes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import signal

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import pairs
from gans_jax.nets import r3gan
from gans_jax.nets.layers import resample

# Of the authors' --preset: pixels, labels, options, millions of params.
PRESETS = dict(
    cifar10=(32, 10, {}, 20.8, 21.3),
    ffhq64=(64, 0, dict(width=(768,) * 4 + (384,),
                        cardinality=(96,) * 4 + (48,)), 22.4, 22.4),
    ffhq256=(256, 0, dict(width=(768,) * 4 + (384, 192, 96),
                          cardinality=(96,) * 4 + (48, 24, 12)), 23.1, 23.0),
    imagenet32=(32, 1000, dict(width=1536), 82.9, 86.5),
    imagenet64=(64, 1000, dict(width=1536), 103.6, 107.2))


def pair(size, classes=0, channels=3, **options):
  spec = Spec('x', 'train', 1, {'x': (size, size, channels)}, {'x': 'float32'},
              classes)
  return pairs.make(spec, classes=classes, name='r3gan', **options)


def init(net, *inputs):
  return net.init(jax.random.key(0), *inputs, train=True)


def size(net, *shapes):
  variables = jax.eval_shape(
      lambda: init(net, *(jnp.zeros(s) for s in shapes if s)))
  return sum(x.size for x in jax.tree.leaves(variables))


# --- resampling --------------------------------------------------------------

def upfirdn(x, taps, up, down, pad):
  """Along axis 0, by the definition."""
  zeros = np.zeros((len(x) * up, *x.shape[1:]))
  zeros[::up] = x
  before, after = pad
  zeros = np.pad(zeros, [(max(before, 0), max(after, 0))]
                 + [(0, 0)] * (x.ndim - 1))
  zeros = zeros[max(-before, 0):len(zeros) - max(-after, 0)]
  return np.stack([np.convolve(c, taps, 'valid') for c in zeros.T], -1)[::down]


@pytest.mark.parametrize('up, down, pad', [
    (1, 1, (2, 1)), (2, 1, (2, 1)), (1, 2, (1, 1)), (3, 2, (0, 4)),
    (2, 1, (-3, 2)), (4, 1, (1, 1)), (5, 1, (3, 3)), (1, 2, (-1, -1))])
def test_fir_is_the_definition(up, down, pad):
  x = np.random.RandomState(0).randn(9, 2)
  taps = np.array([.5, -1., 2., 3.])
  want = upfirdn(x, taps, up, down, pad)
  got = resample.fir(jnp.asarray(x.T, jnp.float32), taps, 1, up=up, down=down,
                     pad=pad)
  np.testing.assert_allclose(got.T, want, rtol=1e-5, atol=1e-5)


def test_taps_are_the_binomial_ones():
  """A pixel becomes [1, 3, 3, 1] x [1, 3, 3, 1] / 16; down is its transpose."""
  x = jnp.zeros((1, 4, 4, 1)).at[0, 1, 2].set(1.)
  line = np.array([1., 3, 3, 1]) / 4
  want = np.zeros((8, 8))
  want[1:5, 3:7] = np.outer(line, line)
  np.testing.assert_allclose(resample.upsample(x)[0, ..., 0], want, atol=1e-7)
  back = jax.linear_transpose(resample.upsample, x)
  y = jax.random.normal(jax.random.key(0), (1, 8, 8, 1))
  np.testing.assert_allclose(back(y)[0] / 4, resample.downsample(y), atol=1e-6)


def test_constant_pictures_stay_constant_inside():
  x = jnp.ones((1, 6, 6, 2))
  np.testing.assert_allclose(resample.upsample(x)[:, 1:-1, 1:-1], 1, rtol=1e-6)
  np.testing.assert_allclose(
      resample.downsample(x)[:, 1:-1, 1:-1], 1, rtol=1e-6)


def test_downsampling_equals_scipys():
  x = np.random.RandomState(1).randn(10, 12)
  taps = np.array([1., 3, 3, 1]) / 8
  full = signal.convolve2d(np.pad(x, 1), np.outer(taps, taps), 'valid')
  got = resample.downsample(jnp.asarray(x, jnp.float32)[None, ..., None])
  np.testing.assert_allclose(got[0, ..., 0], full[::2, ::2], atol=1e-6)


def test_filters_that_do_not_fit():
  with pytest.raises(errors.ConfigError, match='4 taps do not fit 2 pixels'):
    resample.fir(jnp.zeros((2,)), [1.] * 4, 0)


# --- blocks ------------------------------------------------------------------

def test_a_block_begins_as_the_identity():
  x = jax.random.normal(jax.random.key(1), (2, 5, 5, 8))
  block = r3gan.ResidualBlock(groups=2, depth=4)
  variables = block.init(jax.random.key(0), x)
  np.testing.assert_array_equal(block.apply(variables, x), x)


def test_a_block_is_its_formula():
  x = np.random.RandomState(2).randn(1, 4, 4, 4).astype(np.float32)
  block = r3gan.ResidualBlock(groups=2, depth=4)
  params = block.init(jax.random.key(0), x)['params']
  params = jax.tree.map(lambda p: jax.random.normal(
      jax.random.key(p.size), p.shape), params)
  got = block.apply(dict(params=params), x)
  act = lambda h, i: (lambda h: np.where(h > 0, h, .2 * h))(
      h + np.asarray(params[f'BiasedLrelu_{i}']['bias']))
  kernel = lambda i: np.asarray(params[f'Conv_{i}']['kernel'], np.float64)
  h = act(x @ kernel(0)[0, 0], 0)                    # [1, 4, 4, 8]
  out = np.zeros((4, 4, 8))
  for o in range(8):                                 # two groups of 4
    for i in range(4):
      group = o // 4 * 4
      out[..., o] += signal.correlate2d(
          h[0, ..., group + i], kernel(1)[..., i, o], 'same')
  want = x[0] + act(out, 1) @ kernel(2)[0, 0]
  np.testing.assert_allclose(got[0], want, rtol=1e-4, atol=1e-4)


def test_initial_spread_is_fixups():
  """gain L^(-1/4) / sqrt(fan in) in blocks, fan in of a group's channels."""
  block = r3gan.ResidualBlock(groups=4, depth=16)
  params = block.init(jax.random.key(0), jnp.zeros((1, 4, 4, 64)))['params']
  gain = np.sqrt(2 / 1.04) / 2
  for name, fan in dict(Conv_0=64, Conv_1=9 * 32).items():
    kernel = params[name]['kernel']
    np.testing.assert_allclose(kernel.std(), gain / np.sqrt(fan), rtol=.05)
  assert not params['Conv_2']['kernel'].any()


def test_nets_begin_without_their_blocks():
  """G: a weighted basis, upsampled; D: filters, mean, last layer."""
  g, d = pair(8, width=(8, 4), cardinality=2)
  z = jax.random.normal(jax.random.key(1), (3, 5))
  params = init(g, z)['params']
  h = params['basis'] * (z @ params['weigh']['kernel'])[:, None, None]
  h = resample.upsample(h @ params['Conv_0']['kernel'][0, 0])
  np.testing.assert_allclose(
      g.apply(dict(params=params), z, train=True),
      h @ params['out']['kernel'][0, 0], rtol=1e-4, atol=1e-5)

  x = jax.random.normal(jax.random.key(2), (3, 8, 8, 3))
  params = init(d, x)['params']
  h = resample.downsample(x @ params['in']['kernel'][0, 0])
  h = h @ params['Conv_0']['kernel'][0, 0]
  h = jnp.sum(h * params['basis']['kernel'][:, :, 0], (1, 2))
  got, features = d.apply(dict(params=params), x, train=True, features=True)
  np.testing.assert_allclose(features, h, rtol=1e-4, atol=1e-5)
  np.testing.assert_allclose(
      got, (h @ params['last']['kernel'])[:, 0], rtol=1e-4, atol=1e-5)


def test_labels_meet_features_in_an_inner_product():
  g, d = pair(8, 3, width=8, cardinality=2, embedding=4)
  y = jnp.eye(3)
  x = jax.random.normal(jax.random.key(2), (3, 8, 8, 3))
  params = init(d, x, y)['params']
  logits, h = d.apply(dict(params=params), x, y, train=True, features=True)
  want = jnp.sum((h @ params['last']['kernel'])
                 * params['embed']['kernel'], -1)
  np.testing.assert_allclose(logits, want, rtol=1e-4, atol=1e-6)
  assert params['last']['kernel'].shape == (8, 8)    # the first width
  z = jnp.ones((3, 5))
  made = g.apply(init(g, z, y), z, y, train=True)
  assert made.shape == (3, 8, 8, 3)
  assert jnp.abs(made[0] - made[1]).max() > 1e-3


@pytest.mark.parametrize('name', PRESETS)
def test_published_sizes(name):
  pixels, classes, options, g_size, d_size = PRESETS[name]
  g, d = pair(pixels, classes, **options)
  y = (1, classes) if classes else None
  assert round(size(g, (1, 64), y) / 1e6, 1) == g_size
  assert round(size(d, (1, pixels, pixels, 3), y) / 1e6, 1) == d_size


def test_bfloat16_stages_are_close_and_end_in_float32():
  z = jax.random.normal(jax.random.key(1), (2, 6))
  g, d = pair(16, width=16, cardinality=4)
  low_g, low_d = pair(16, width=16, cardinality=4, bf16=2)
  variables = jax.tree.map(lambda p: p + .05, init(g, z))
  full, low = (net.apply(variables, z, train=True) for net in (g, low_g))
  assert low.dtype == jnp.float32 and 0 < jnp.abs(full - low).max()
  np.testing.assert_allclose(full, low, atol=.03 * jnp.abs(full).max())
  variables = jax.tree.map(lambda p: p + .05, init(d, full))
  scores, low = (net.apply(variables, full, train=True) for net in (d, low_d))
  assert low.dtype == jnp.float32 and 0 < jnp.abs(scores - low).max()
  np.testing.assert_allclose(scores, low, atol=.03 * jnp.abs(scores).max())


@pytest.mark.parametrize('options, message', [
    (dict(size=20), '8, 16, 32'),
    (dict(size=8, width=(8, 8, 8), cardinality=2), '2 stages, and width'),
    (dict(size=8, width=9, cardinality=2), 'does not divide')])
def test_what_the_nets_cannot_take(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    pair(**options)
