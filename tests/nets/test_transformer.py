"""TransGAN's nets and layers: counts, numbers of the published code, loops."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import pairs
from gans_jax.nets import transgan
from gans_jax.nets.layers import transformer, windows
from tests.nets.filled import count, draw, fill, quick

KEY = jax.random.key(0)
SPEC = lambda side, c=3: Spec('s', 'train', 1, dict(x=(side, side, c)),
                              dict(x='float32'))
NOISE = {'noise': jax.random.key(1)}


# --- tokens ------------------------------------------------------------------

def test_pixel_shuffle_of_the_paper_is_reversible():
  """(8, 8, 1024) -> (16, 16, 256) -> (32, 32, 64), and back."""
  x = draw(2, 8, 8, 1024)
  a, b, c, d = quick(lambda x: (
      a := windows.shuffle(x), b := windows.shuffle(a),
      c := windows.unshuffle(b), windows.unshuffle(c)), x)
  assert a.shape == (2, 16, 16, 256) and b.shape == (2, 32, 32, 64)
  np.testing.assert_array_equal(c, a)
  np.testing.assert_array_equal(d, x)
  np.testing.assert_array_equal(np.sort(b, None), np.sort(x, None))


@pytest.mark.parametrize('times', [2, 3])
def test_pixel_shuffle_entry_by_entry(times):
  """PyTorch's: out[h r + i, w r + j, c] = in[h, w, c r^2 + i r + j]."""
  x = draw(1, 2, 3, 2 * times ** 2)
  out = quick(lambda x: windows.shuffle(x, times), x)
  for h, w, c, i, j in np.ndindex(2, 3, 2, times, times):
    assert out[0, h * times + i, w * times + j, c] == (
        x[0, h, w, c * times ** 2 + i * times + j])
  with pytest.raises(errors.ConfigError, match='must divide'):
    windows.shuffle(x[..., :-1], times)


def test_windows_are_cut_and_joined():
  x = draw(2, 6, 9, 2)
  cut = quick(lambda x: windows.split(x, 3), x)
  for row in range(2):
    for column in range(3):
      np.testing.assert_array_equal(
          cut[:, 3 * row + column].reshape(2, 3, 3, 2),
          x[:, 3 * row:3 * row + 3, 3 * column:3 * column + 3])
  np.testing.assert_array_equal(windows.join(cut, 6, 9), x)
  with pytest.raises(errors.ConfigError, match='do not fill'):
    windows.split(x, 4)


@pytest.mark.parametrize('n', [1, 2, 3, 5])
def test_relative_index_by_a_loop(n):
  index = windows.relative_index(n)
  assert index.shape == (n * n, n * n)
  for a, b, c, d in np.ndindex(n, n, n, n):
    assert index[a * n + b, c * n + d] == (
        (a - c + n - 1) * (2 * n - 1) + (b - d + n - 1))
  assert np.unique(index).size == (2 * n - 1) ** 2    # every entry is used


# --- attention ---------------------------------------------------------------

def test_attention_with_positions_by_a_loop():
  n, heads, c = 3, 2, 6
  net = transformer.Attention(heads, window=n)
  x = draw(2, n * n, c)
  v = _filled(net, x)
  found = quick(lambda x: net.apply(v, x), x)
  p = v['params']
  q, k, values = np.split(x @ p['qkv']['kernel'], 3, -1)
  made = np.zeros_like(x)
  for b, head in np.ndindex(2, heads):
    own = slice(head * c // heads, (head + 1) * c // heads)
    for i in range(n * n):
      scores = np.array([
          q[b, i, own] @ k[b, j, own] / np.sqrt(c / heads)
          + p['bias'][(i // n - j // n + n - 1) * (2 * n - 1)
                      + i % n - j % n + n - 1, head] for j in range(n * n)])
      weights = np.exp(scores) / np.exp(scores).sum()
      made[b, i, own] = weights @ values[b, :, own]
  expected = made @ p['out']['kernel'] + p['out']['bias']
  np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)


def _filled(net, *args):
  """Parameters of a module without `train`, all of them large enough to see."""
  shapes = jax.eval_shape(lambda: net.init(KEY, *args))
  leaves, tree = jax.tree.flatten(shapes)
  rng = np.random.default_rng(0)
  return jax.tree.unflatten(tree, [
      rng.normal(size=s.shape).astype(np.float32) / max(s.shape + (1,)) ** .5
      for s in leaves])


def test_tokens_may_be_permuted_without_positions_only():
  x = draw(2, 16, 8)
  order = np.random.default_rng(0).permutation(16)
  for window, same in ((0, True), (4, False)):
    net = transformer.Attention(2, window=window)
    v = _filled(net, x)
    a, b = quick(lambda x, y: (net.apply(v, x), net.apply(v, y)), x,
                 x[:, order])
    assert np.allclose(b, a[:, order], atol=1e-5) == same
  block = transformer.Block(2, positions=False)
  v = _filled(block, x)
  a, b = quick(lambda x, y: (block.apply(v, x), block.apply(v, y)), x,
               x[:, order])
  np.testing.assert_allclose(b, a[:, order], atol=1e-5)
  assert np.abs(a - x).max() > .1


def test_windows_see_only_themselves():
  """One number of one window changes that window, all of it, alone."""
  x = draw(1, 64, 8)
  other = x.copy()
  other[0, 9, 0] += 1.                                # place (1, 1)
  block = transformer.Block(2, window=4)
  v = _filled(block, x)
  a, b = quick(lambda x, y: (block.apply(v, x), block.apply(v, y)), x, other)
  changed = np.abs(a - b).max((0, 2)).reshape(8, 8) > 0
  expected = np.zeros((8, 8), bool)
  expected[:4, :4] = True
  np.testing.assert_array_equal(changed, expected)
  # A window's place in the picture does not matter: its weights are shared.
  moved = np.roll(x.reshape(1, 8, 8, 8), (4, 4), (1, 2)).reshape(x.shape)
  c = quick(lambda x: block.apply(v, x), moved).reshape(1, 8, 8, 8)
  np.testing.assert_allclose(
      np.roll(c, (4, 4), (1, 2)).reshape(a.shape), a, atol=1e-5)


def test_cross_attention_asks_the_others():
  x, others = draw(2, 4, 6), draw(2, 5, 3, seed=2)
  net = transformer.CrossAttention(1)
  v = _filled(net, x, others)
  p = {k: q['kernel'] for k, q in v['params'].items()}
  score = np.exp(np.einsum('bnc,bmc->bnm', x @ p['query'], others @ p['key'])
                 / np.sqrt(6))
  expected = x + score / score.sum(-1, keepdims=True) @ (
      others @ p['value']) @ p['out'] + v['params']['out']['bias']
  np.testing.assert_allclose(quick(lambda x, o: net.apply(v, x, o), x, others),
                             expected, rtol=1e-4, atol=1e-5)


def test_norms_of_a_token():
  x = 3 * draw(2, 5, 16) + 1
  layer, pixel = (quick(lambda x, k=k: transformer.TokenNorm(
      k).init_with_output(KEY, x)[0], x) for k in ('layer', 'pixel'))
  np.testing.assert_allclose(layer.mean(-1), 0, atol=1e-5)
  np.testing.assert_allclose(layer.var(-1), 1, rtol=1e-4)
  np.testing.assert_allclose((pixel ** 2).mean(-1), 1, rtol=1e-5)
  np.testing.assert_allclose(pixel * np.linalg.norm(x, axis=-1)[..., None],
                             4 * x, rtol=1e-4)
  with pytest.raises(errors.ConfigError, match="'pixel'"):
    transformer.TokenNorm('batch').init(KEY, x)


def test_noise_begins_at_nothing_and_is_one_number_a_token():
  x, net = draw(2, 5, 3), transformer.TokenNoise()
  out, v = net.init_with_output({'params': KEY, **NOISE}, x)
  np.testing.assert_array_equal(out, x)
  assert v['params']['strength'] == 0
  run = lambda s, x: net.apply({'params': {'strength': s}}, x, rngs=NOISE)
  gap, slope = quick(lambda x: (run(2., x) - x, jax.grad(
      lambda s: jnp.sum(run(s, x) ** 2))(0.)), x)
  np.testing.assert_allclose(gap, gap[..., :1] + 0 * gap, atol=1e-5)
  assert np.unique(gap[..., 0].round(4)).size == 10 and slope != 0


# --- nets --------------------------------------------------------------------

def block_count(c, side, heads=4, norm=True, noise=False):
  """By the layers: qkv without bias, out, an MLP of four times the width."""
  return (3 * c * c + c * c + c + 2 * 4 * c * c + 5 * c + 4 * c * norm + noise
          + heads * (2 * side - 1) ** 2 * (side > 0))


@pytest.mark.parametrize('side, depths, z, norm, want', [
    (32, (5, 4, 2), 256, 'layer', (83_312_495, 10_210_400)),
    (48, (7, 5, 3), 512, 'pixel', (168_466_623, 10_341_536))])
def test_published_counts(side, depths, z, norm, want):
  """CIFAR-10 and STL-10: as many as the authors' modules have in PyTorch."""
  g, d = pairs.make(SPEC(side), name='transgan', depths=depths, norm=norm,
                    d_norm=norm)
  layer, small = norm == 'layer', side // 4
  sizes = [(1024 >> 2 * i, small << i, n) for i, n in enumerate(depths)]
  found = count(g, np.zeros((2, z))), count(d, np.zeros((2, side, side, 3)))
  assert found == want
  assert want[0] == (z + 1) * small ** 2 * 1024 + 64 * 3 + 3 + sum(
      c * s * s + n * block_count(c, s, norm=layer) for c, s, n in sizes)
  half, quarter = side // 2, side // 4
  assert want[1] == (
      2 * 2 * 3 * 288 + 288 + 4 * 4 * 3 * 96 + 96 + 384    # class token
      + half ** 2 * 288 + quarter ** 2 * 384
      + 3 * block_count(288, half, norm=layer, noise=True)
      + 3 * block_count(384, quarter, norm=layer, noise=True)
      + block_count(384, 0, norm=layer, noise=True)
      + 2 * 384 * layer + 384 + 1)


def test_as_the_published_code():
  """Numbers of its modules in PyTorch, in float64, with these weights.

  At the published size the largest differences were 9e-6 of 12.6 in G, 1e-6 in
  D's logits, 2e-8 in the norms of their gradients, 5e-7 of the slope.
  """
  z, x = draw(3, 5), np.tanh(draw(3, 8, 8, 3))
  g = transgan.Generator((8, 8, 3), 64, (2, 1, 1))
  d = transgan.Discriminator((24, 8), (1, 1))
  gp, dp = fill(g, z)['params'], fill(d, x)['params']
  for name in dp:
    if name.startswith('block'):    # no noise, which PyTorch draws differently
      dp[name]['Attention_0']['noise']['strength'] *= 0

  def everything(gp, dp):
    critic = lambda p, x: d.apply({'params': p}, x, train=True, rngs=NOISE)
    slope = lambda p: jax.grad(lambda x: jnp.sum(critic(p, x)))(x)
    norms = lambda p: jnp.sqrt(jnp.sum(slope(p) ** 2, (1, 2, 3)))
    penalty = jax.grad(lambda p: jnp.mean((norms(p) - 1) ** 2))(dp)
    return (g.apply({'params': gp}, z, train=True), critic(dp, x), norms(dp),
            jnp.linalg.norm(penalty['patches_0']['kernel']))

  made, logits, norms, slope = quick(everything, gp, dp)
  flat = made.transpose(0, 3, 1, 2).ravel()
  np.testing.assert_allclose(
      [flat.sum(), flat @ np.cos(np.arange(flat.size))],
      [19.937964099710573, 30.231005196132557], rtol=1e-4)
  np.testing.assert_allclose(
      logits, [-.20692034075899, .19584608257703, .11634017530827], atol=1e-5)
  np.testing.assert_allclose(
      norms, [1.7212537894885, 1.4075445421450, 2.1266110564446], rtol=1e-4)
  np.testing.assert_allclose(slope, 4.978986949868878, rtol=1e-4)


def test_the_net_for_256_pixels():
  """Bicubic, cross attention, windows, pixel norm: shapes, all params used."""
  g = transgan.Generator((32, 32, 3), 64, (1, 1, 1, 1), 2, bicubic=1,
                         windows=(None, None, 4, 8), cross=True, norm='pixel',
                         noise=True)
  d = transgan.Discriminator((8, 8, 16), (1, 1, 1), windows=(4, 4, None))
  z = draw(2, 6)
  gp, dp = fill(g, z)['params'], fill(d, draw(2, 32, 32, 3))['params']
  assert [gp[f'positions_{i}'].shape for i in range(4)] == [
      (16, 64), (64, 64), (256, 16), (1024, 4)]
  assert [dp[f'positions_{i}'].shape for i in range(3)] == [
      (256, 8), (64, 16), (16, 32)]
  def score(gp, dp):
    x = g.apply({'params': gp}, z, train=True, rngs=NOISE)
    s, h = d.apply({'params': dp}, x, train=True, features=True, rngs=NOISE)
    return jnp.sum(s * jnp.array([1., 2.])), (x.shape, s, h)
  (_, (shape, s, h)), slopes = quick(
      jax.value_and_grad(score, (0, 1), has_aux=True), gp, dp)
  assert shape == (2, 32, 32, 3) and s.shape == (2,) and h.shape == (2, 32)
  np.testing.assert_allclose(
      s, h @ dp['Dense_0']['kernel'][:, 0] + dp['Dense_0']['bias'], rtol=1e-4)
  for slope in jax.tree.leaves(slopes):
    assert np.isfinite(slope).all() and np.abs(slope).max() > 0


def test_published_256_builds_with_windows_from_64_pixels_on():
  g, d = pairs.make(
      SPEC(256), name='transgan', depths=(5, 4, 4, 4, 4, 4), bicubic=2,
      windows=(None, None, None, 16, 16, 16), cross=True, norm='pixel',
      d_widths=(96, 96, 192), d_depths=(3, 3, 4), d_windows=(4, 4, None))
  shape = jax.eval_shape(lambda: g.init_with_output(
      KEY, np.zeros((1, 512)), train=True)[0]).shape
  assert shape == (1, 256, 256, 3)
  shapes = jax.eval_shape(lambda: d.init(
      KEY, np.zeros((1, 256, 256, 3)), train=True))['params']
  bias = lambda name: shapes[name]['Attention_0']['bias'].shape
  assert bias('block_0_0') == bias('block_1_0') == (7 ** 2, 4)
  assert bias('block_2_0') == (63 ** 2, 4)


def test_in_half_precision_outputs_are_float32():
  g = transgan.Generator((8, 8, 1), 16, (1, 1))
  z = draw(2, 4)
  gp = fill(g, z)
  whole, half = quick(lambda z: (
      g.apply(gp, z, train=True),
      g.clone(dtype=jnp.bfloat16).apply(gp, z, train=True)), z)
  assert half.dtype == whole.dtype == np.float32
  assert 0 < np.abs(half - whole).max() < .05 * np.abs(whole).max() + .02


@pytest.mark.parametrize('side, options, message', [
    (30, {}, 'multiple of 4'),
    (32, dict(depths=(1, 1), windows=(None,)), 'has 1 stages'),
    (32, dict(d_widths=(8,)), 'd_widths'),
    (32, dict(dtype='float17'), "'float17'")])
def test_mistakes(side, options, message):
  with pytest.raises(errors.ConfigError, match=message):
    pairs.make(SPEC(side), name='transgan', **options)


def test_labels_are_refused():
  with pytest.raises(errors.ConfigError, match='take no labels'):
    pairs.make(SPEC(32), classes=10, name='transgan')


@pytest.mark.parametrize('net, x, message', [
    (transgan.Discriminator((8, 8), (1, 1)), (1, 30, 30, 1), 'multiple of 4'),
    (transgan.Discriminator((9,), (1,)), (1, 8, 8, 1), '4 heads do not divide'),
    (transgan.Generator((8, 8, 1), 6, (1, 1), 2), (1, 4), 'must divide'),
    (transgan.Generator((12, 12, 1), 8, (1, 1), 2, windows=(4, None)), (1, 4),
     'do not fill')])
def test_mistakes_that_the_nets_find(net, x, message):
  with pytest.raises(errors.ConfigError, match=message):
    jax.eval_shape(lambda: net.init(KEY, np.zeros(x), train=True))
