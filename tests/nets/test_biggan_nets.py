"""The nets of BigGAN and BigGAN-deep: published sizes, wiring, plain forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.nets import biggan, biggan_deep
from gans_jax.nets.layers.norm import ConditionalBatchNorm
from tests.nets.filled import KEYS, check, count, draw, fill, quick

Y = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]
X, ONES = np.zeros((2, 128, 128, 3)), np.zeros((2, 1000))


def d128(**options):
  return biggan.discriminator((128, 128, 3), attention=64, **options)


def test_published_sizes():
  """Those that compare_gan's tests assert: 70.43M and 87.98M at 128 px."""
  z = np.zeros((2, 120))
  assert count(biggan.Generator(attention=64), z, ONES) == 70_433_988
  assert count(d128(), X, ONES) == 87_982_370


def test_published_sizes_of_the_deep_nets():
  """compare_gan's 50.24M and 34.59M; the paper has 50.4M and 34.6M.

  Its G's last convolution makes 128 channels, of which 3 are used.
  """
  g = count(biggan_deep.Generator(attention=64), np.zeros((2, 128)), ONES)
  d = count(biggan_deep.Discriminator(attention=64), X, ONES)
  assert (g, d) == (50_244_484, 34_590_210)
  unused = (128 - 3) * (128 * 9 + 1)
  assert round((g + unused) / 1e6, 1) == 50.4 and round(d / 1e6, 1) == 34.6


def test_cifar_size_by_the_layers():
  """ch 64 with a table a BatchNorm: what BigGAN-PyTorch calls about 4.3M."""
  w, conv = 256, lambda a, b, k=3: a * b * k * k + b
  up = 2 * conv(w, w) + conv(w, w, 1) + 2 * 2 * 10 * w
  g = 129 * 16 * w + 3 * up + 2 * w + conv(w, 3)
  net = biggan.Generator((32, 32, 3), 64, shared=0, hierarchical=False)
  z, y = np.zeros((2, 128)), np.zeros((2, 10))
  assert count(net, z, y) == g and round(g / 1e6, 1) == 4.3
  down, first = 2 * conv(w, w), conv(3, w) + conv(w, w) + conv(3, w, 1)
  d = first + 3 * down + conv(w, w, 1) + w + 1 + 10 * w
  assert count(biggan.discriminator((32, 32, 3), 64), np.zeros((2, 32, 32, 3)),
               y) == d


@pytest.mark.parametrize('size, blocks, last', [
    (8, 1, 8), (28, 2, 14), (32, 3, 8), (64, 4, 4)])
def test_sizes(size, blocks, last):
  """G's blocks double, and D's halve to `last`; the deep nets likewise."""
  shape = (size, size, 3)
  x, y, z = np.zeros((2, *shape)), np.zeros((2, 3)), np.zeros(
      (2, 4 * (blocks + 1)))
  def run(net, x, kind):
    out, state = jax.eval_shape(lambda: net.init_with_output(
        KEYS, x, y, train=True, capture_intermediates=True,
        mutable=['params', 'batch_stats', 'spectral', 'intermediates']))
    return out.shape, [state['intermediates'][f'{kind}_{i}']['__call__'][0]
                       .shape[1] for i in range(sum(
                           k.startswith(kind) for k in state['params']))]
  plain = dict(spectral=False)
  out, seen = run(biggan.Generator(shape, 2, 4, **plain), z, 'UpBlock')
  assert out == x.shape and len(seen) == blocks
  assert seen == [size >> i for i in reversed(range(blocks))]
  out, seen = run(biggan.discriminator(shape, 2, **plain), x, 'DownBlock')
  assert out == (2,) and seen[-1] == last and len(seen) == blocks + 1
  out, seen = run(biggan_deep.Generator(shape, 4, **plain), z, 'UpBlock')
  assert out == x.shape and len(seen) == 2 * blocks
  assert seen[1::2] == [size >> i for i in reversed(range(blocks))]
  out, seen = run(biggan_deep.Discriminator(4, **plain), x, 'DownBlock')
  assert out == (2,) and seen[-1] == last and len(seen) == 2 * blocks


@pytest.mark.parametrize('times', biggan.G_WIDTHS)
def test_widths(times):
  """G: one a picture. D: one a block, which halve it down to 4, or 8, pixels.

  From 64 pixels on they are the paper's: 16 units at 4 pixels, an eighth of
  them, or a sixteenth, at the full size.
  """
  shape = (4 << times,) * 2
  g, small = biggan.schedule(1, biggan.G_WIDTHS, shape, 'g')
  d, _ = biggan.schedule(1, biggan.D_WIDTHS, shape, 'd')
  assert len(g) == len(d) == times + 1 and small == 4
  assert shape[0] >> biggan.downs(shape, 'd') == (4 if times > 3 else 8)
  assert sorted(g, reverse=True) == list(g) and sorted(d) == list(d)
  if times > 3:
    assert g[:2] == (16, 16) and d[-1] == 16 and g[-1] == (2 if times == 4
                                                           else 1)
  assert biggan.schedule(d, biggan.D_WIDTHS, shape, 'd')[0] == d
  with pytest.raises(ConfigError, match=f'one width or {times + 1}, not 9'):
    biggan.schedule((1,) * 9, biggan.D_WIDTHS, shape, 'd')


def test_mistakes():
  shape = lambda net, *a: jax.eval_shape(
      lambda: net.init(KEYS, *a, train=True))
  z = np.zeros((2, 11))
  with pytest.raises(ConfigError, match='set z to 8 or 12'):
    shape(biggan.Generator((32, 32, 3), 4), z)
  shape(biggan.Generator((32, 32, 3), 4, hierarchical=False), z)
  with pytest.raises(ConfigError, match='attention=12'):
    shape(biggan.Generator((32, 32, 3), 4, attention=12), z)
  with pytest.raises(ConfigError, match='up to 512'):
    shape(biggan.Generator((1024, 1024, 3), 4), z)
  with pytest.raises(ConfigError, match='grow from 4 to 8'):
    shape(biggan_deep.Generator((8, 8, 3), (4, 8)), z)
  with pytest.raises(ConfigError, match='shrink from 8 to 4'):
    shape(biggan_deep.Discriminator((8, 4)), np.zeros((2, 8, 8, 3)))


def test_batch_norm_by_code_in_numpy():
  """(h - mean) / sqrt(var + 1e-5) (1 + W c) + V c, W and V over their norms."""
  h, c = 3 + 2 * draw(4, 2, 2, 5), draw(4, 3, seed=2)
  net = ConditionalBatchNorm(kernel_init=biggan.ORTHOGONAL, spectral=True)
  v = quick(lambda h: net.init(KEYS, h, c, train=True), h)
  p = v['params']
  p['scale']['kernel'] = draw(3, 5, seed=3)
  def settled(v):      # spectral vectors found by many passes
    def step(s, _):
      return net.apply({'params': v['params'], **s}, h, c, train=True, mutable=[
          'spectral', 'batch_stats'])[1], None
    s = {k: v[k] for k in ('spectral', 'batch_stats')}
    s = jax.lax.scan(step, s, length=40)[0]
    return net.apply({'params': v['params'], **s}, h, c, train=True,
                     mutable=['spectral', 'batch_stats'])[0]
  w, b = (p[k]['kernel'] / np.linalg.norm(p[k]['kernel'], 2)
          for k in ('scale', 'bias'))
  mean, var = h.mean((0, 1, 2)), h.var((0, 1, 2))
  plain = (h - mean) / np.sqrt(var + 1e-5)
  expected = plain * (1 + c @ w)[:, None, None] + (c @ b)[:, None, None]
  np.testing.assert_allclose(quick(settled, v), expected, rtol=1e-4, atol=1e-4)


def test_chunks_of_z_reach_their_own_block_and_no_other():
  """By rows of W and V: silenced in one block, its chunk changes nothing."""
  net = biggan.Generator((16, 16, 1), 2, shared=4, spectral=False)
  z, label = draw(4, 15), Y
  v = fill(net, z, label)
  def outputs(v, z):
    out, state = net.apply(v, z, label, train=False, capture_intermediates=True,
                           mutable=['intermediates'])
    blocks = state['intermediates']
    return [blocks['Dense_0']['__call__'][0], *(
        blocks[f'UpBlock_{i}']['__call__'][0] for i in range(2)), out]
  def silenced(block):
    cut = lambda path, x: x.at[:5].set(0.) if (
        path[0].key == block and path[-2].key in ('scale', 'bias')) else x
    return {**v, 'params': jax.tree_util.tree_map_with_path(
        cut, jax.tree.map(jnp.asarray, v['params']))}
  other = draw(4, 15, seed=5)
  changed = [np.concatenate([z[:, :5 * i], other[:, 5 * i:5 * i + 5],
                             z[:, 5 * i + 5:]], 1) for i in range(3)]
  def everything(v, z, changed):
    return (outputs(v, z), [outputs(v, c) for c in changed],
            [[outputs(silenced(f'UpBlock_{i}'), a)[-1]
              for a in (z, changed[i + 1])] for i in range(2)])
  plain, found, quiet = quick(everything, v, z, changed)
  for i, outs in enumerate(found):
    for place, (a, b) in enumerate(zip(plain, outs)):
      assert (np.abs(a - b).max() > 1e-4) == (place >= i), (i, place)
  for a, b in quiet:
    np.testing.assert_array_equal(a, b)


def test_the_code_is_the_chunk_and_then_the_embedding():
  z, label = draw(2, 6), draw(2, 3, seed=2)
  first, each = biggan.codes(z, label, 2)
  np.testing.assert_array_equal(first, z[:, :2])
  for i, code in enumerate(each):
    np.testing.assert_array_equal(
        code, np.concatenate([z[:, 2 + 2 * i:4 + 2 * i], label], 1))
  assert [c.shape for c in biggan.codes(z, None, 2)[1]] == [(2, 2)] * 2


@pytest.mark.parametrize('net', [biggan.Generator((8, 8, 1), 2, shared=5),
                                 biggan_deep.Generator((8, 8, 1), 2, depth=1,
                                                       shared=5)])
def test_one_embedding_for_all_blocks_and_orthogonal_kernels(net):
  """Orthonormal columns or rows, whichever are fewer; SN is 1 at first."""
  v = quick(lambda z: net.init(KEYS, z, np.eye(7)[:2], train=True), draw(2, 6))
  kernels = {jax.tree_util.keystr(path): x for path, x in
             jax.tree_util.tree_leaves_with_path(v['params']) if x.ndim > 1}
  assert [k for k, x in kernels.items() if x.shape[0] == 7] == [
      "['shared']['kernel']"]
  for name, x in kernels.items():
    w = x.reshape(-1, x.shape[-1])
    gram = w.T @ w if len(w) >= w.shape[1] else w @ w.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-5,
                               err_msg=name)
  # All but the embedding have a norm of their own.
  norms = sum(p[-1].key == 'u' for p, _ in
              jax.tree_util.tree_leaves_with_path(v['spectral']))
  assert norms == len(kernels) - 1


def test_what_the_generator_may_do_without():
  """Labels, the embedding, chunks: each makes another net."""
  z, v = draw(4, 6), {}
  make = lambda y, **options: (biggan.Generator((8, 8, 1), 2, **options), y)
  for name, (net, y) in dict(
      free=make(None), flat=make(None, hierarchical=False),
      tables=make(Y, shared=0, hierarchical=False)).items():
    shapes = jax.eval_shape(lambda n=net, y=y: n.init(KEYS, z, y, train=True))
    v[name] = shapes['params']['UpBlock_0']
    assert 'shared' not in shapes['params']
  code = v['free']['ConditionalBatchNorm_0']
  assert code['scale']['kernel'].shape == (3, 8)
  assert v['flat']['BatchNorm_0']['scale'].shape == (8,)
  assert v['tables']['ConditionalBatchNorm_1']['bias']['kernel'].shape == (3, 8)


# --- blocks ------------------------------------------------------------------

def plain_conv(p, x):
  return jax.lax.conv_general_dilated(
      x, p['kernel'], (1, 1), 'SAME',
      dimension_numbers=('NHWC', 'HWIO', 'NHWC')) + p['bias']


def doubled(x):
  return jnp.repeat(jnp.repeat(x, 2, 1), 2, 2)


def halved(x):
  b, h, w, c = x.shape
  return x.reshape(b, h // 2, 2, w // 2, 2, c).mean((2, 4))


def plain_norm(p, h, code):
  h = (h - h.mean((0, 1, 2))) / jnp.sqrt(h.var((0, 1, 2)) + 1e-5)
  row = lambda k: (code @ p[k]['kernel'])[:, None, None]
  return h * (1 + row('scale')) + row('bias')


@pytest.mark.parametrize('up', [True, False])
def test_deep_up_block_equals_its_plain_form(up):
  x, code = draw(3, 4, 4, 8), draw(3, 5, seed=2)
  net = biggan_deep.UpBlock(6, up, spectral=False)
  v = fill(net, x, code)
  assert [v['params'][f'Conv_{i}']['kernel'].shape for i in range(4)] == [
      (1, 1, 8, 2), (3, 3, 2, 2), (3, 3, 2, 2), (1, 1, 2, 6)]
  def both(v, x):
    h, size = x, doubled if up else lambda h: h
    for i in range(4):
      h = jax.nn.relu(plain_norm(
          v['params'][f'ConditionalBatchNorm_{i}'], h, code))
      h = plain_conv(v['params'][f'Conv_{i}'], size(h) if i == 1 else h)
    return net.apply(v, x, code, train=True, mutable=['batch_stats'])[0], (
        h + size(x[..., :6]))
  found, expected = quick(both, v, x)
  assert found.shape == ((3, 8, 8, 6) if up else (3, 4, 4, 6))
  np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize('halve, width', [(True, 12), (True, 8), (False, 8)])
def test_deep_down_block_equals_its_plain_form(halve, width):
  x = draw(3, 4, 4, 8)
  net = biggan_deep.DownBlock(width, halve, spectral=False)
  v = fill(net, x)
  assert ('Conv_4' in v['params']) == (width > 8)
  def both(v, x):
    p, size, h = v['params'], halved if halve else lambda h: h, x
    for i in range(4):
      h = jax.nn.relu(h)
      h = plain_conv(p[f'Conv_{i}'], size(h) if i == 3 else h)
    skip = size(x)
    if width > 8:
      skip = jnp.concatenate([skip, plain_conv(p['Conv_4'], skip)], -1)
    return net.apply(v, x, train=True), h + skip
  found, expected = quick(both, v, x)
  assert found.shape == ((3, 2, 2, width) if halve else (3, 4, 4, width))
  np.testing.assert_allclose(found, expected, atol=1e-4)


def test_deep_blocks_with_kernels_of_zero_are_their_skips():
  x, code = draw(3, 4, 4, 8), draw(3, 5, seed=2)
  up = biggan_deep.UpBlock(6, True, spectral=False)
  down = biggan_deep.DownBlock(12, True, spectral=False)
  def off(v):
    return {**v, 'params': {k: jax.tree.map(jnp.zeros_like, p)
                            if k.startswith('Conv_') else p
                            for k, p in v['params'].items()}}
  a, b = quick(lambda x: (up.apply(off(fill(up, x, code)), x, code,
                                   train=False),
                          down.apply(off(fill(down, x)), x, train=False)), x)
  np.testing.assert_array_equal(a, x[..., :6].repeat(2, 1).repeat(2, 2))
  np.testing.assert_allclose(b[..., :8], halved(x), atol=1e-6)
  np.testing.assert_array_equal(b[..., 8:], 0)


# --- whole nets --------------------------------------------------------------

@pytest.mark.parametrize('net', [
    biggan.Generator((8, 8, 3), 2, 4, attention=8, spectral=False),
    biggan_deep.Generator((8, 8, 3), 2, shared=4, attention=8, spectral=False)])
def test_generator_modes(net):
  assert check(net, draw(4, 6), Y, True)['test'].shape == (4, 8, 8, 3)


@pytest.mark.parametrize('net', [
    biggan.discriminator((8, 8, 3), 2, attention=8),
    biggan_deep.Discriminator(2, attention=8)])
def test_discriminator_modes(net):
  check(net, draw(4, 8, 8, 3), Y, True)


def test_deep_projection_and_sum_pool():
  """The label's part of the logit is <V y, h>, h the sum over places."""
  x, zero = draw(4, 8, 8, 3), np.zeros((4, 3), np.float32)
  net = biggan_deep.Discriminator(2, spectral=False)
  v = fill(net, x, Y)
  def run(v, x):
    (out, h), state = net.apply(
        v, x, Y, train=True, features=True, capture_intermediates=True,
        mutable=['intermediates'])
    last = state['intermediates']['DownBlock_1']['__call__'][0]
    return out, net.apply(v, x, zero, train=True), h, last
  out, plain, h, last = quick(run, v, x)
  np.testing.assert_allclose(h, np.maximum(last, 0).sum((1, 2)), rtol=1e-4)
  part = (Y @ v['params']['projection']['kernel'] * h).sum(1)
  np.testing.assert_allclose(out - plain, part, rtol=1e-3, atol=1e-3)
