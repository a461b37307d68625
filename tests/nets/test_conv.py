"""The house's convolutions against lax.conv_general_dilated and flax."""

import dataclasses
import functools

import flax.linen as nn
import jax
from jax import lax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.nets.layers import conv_cpu
from gans_jax.nets.layers import conv_lax
from gans_jax.nets.layers import conv_primitives
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.conv import conv
from gans_jax.nets.layers.conv import conv_pool
from gans_jax.nets.layers.conv import conv_transpose
from gans_jax.nets.layers.conv import ConvTranspose
from gans_jax.nets.layers.conv import up_conv

# jax.jit caches by the shapes alone, so the chunk size is set once for all:
# small enough that the pictures of these tests take several steps.
@pytest.fixture(autouse=True, scope='module')
def small_chunks():
  rows, conv_cpu.ROWS = conv_cpu.ROWS, 100
  yield
  conv_cpu.ROWS = rows
  jax.clear_caches()


@pytest.fixture
def x64():
  with jax.enable_x64(True):
    yield


@dataclasses.dataclass(frozen=True)
class Case:
  """What the form under test is chosen by; sizes too small to matter."""
  name: str
  space: tuple[int, ...]
  c: int
  o: int
  k: tuple[int, ...]
  strides: int | tuple[int, ...] = 1
  padding: object = 'SAME'
  dilation: int | tuple[int, ...] = 1
  groups: int = 1

  def arrays(self, *lead, batch=4):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(*lead, batch, *self.space, self.c))
    w = rng.normal(size=(*lead, *self.k, self.c // self.groups, self.o)) * .3
    return jnp.asarray(x), jnp.asarray(w)

  def ours(self, x, w):
    return conv(x, w, self.strides, self.padding, self.dilation, self.groups)

  def plain(self, x, w):
    n = len(self.k)
    each = lambda v: (v,) * n if isinstance(v, int) else v
    pad = self.padding
    if not isinstance(pad, str):
      pad = [(p, p) if isinstance(p, int) else p for p in each(pad)]
    names = {1: ('NWC', 'WIO', 'NWC'), 2: ('NHWC', 'HWIO', 'NHWC'),
             3: ('NDHWC', 'DHWIO', 'NDHWC')}[n]
    return lax.conv_general_dilated(
        x, w, each(self.strides), pad, rhs_dilation=each(self.dilation),
        dimension_numbers=names, feature_group_count=self.groups)


CASES = [
    Case('wide', (7, 6), 20, 12, (3, 3)),
    Case('pointwise', (6, 6), 20, 12, (1, 1)),
    Case('pointwise_strided', (8, 6), 6, 9, (1, 1), 2),
    Case('picture_in', (8, 8), 3, 20, (5, 5), 2),
    Case('picture_out', (8, 8), 20, 3, (3, 3)),
    Case('down', (8, 10), 20, 12, (4, 4), 2, 1),
    Case('down_odd', (9, 9), 15, 11, (3, 3), 2, ((0, 1), (2, 0))),
    Case('down_few_pixels', (8, 8), 5, 6, (5, 5), 2),
    Case('to_one_pixel', (4, 4), 20, 12, (4, 4), 1, 'VALID'),
    Case('corner_pixel', (5, 5), 6, 5, (2, 3), 3, 'VALID'),
    Case('even_same', (6, 6), 12, 10, (4, 4)),
    Case('uneven', (10, 7), 6, 7, (5, 2), (3, 1), (2, 0)),
    Case('sparse', (9, 9), 5, 6, (2, 2), 3, 'VALID'),
    Case('dilated', (9, 8), 6, 7, (3, 3), 1, 'SAME', (2, 1)),
    Case('dilated_strided', (9, 9), 5, 6, (3, 3), 2, 2, 2),
    Case('wide_padding', (5, 5), 5, 12, (3, 3), 1, 4),
    Case('groups', (6, 6), 12, 18, (3, 3), 1, 'SAME', 1, 6),
    Case('groups_wide', (6, 6), 64, 64, (3, 3), 2, 1, 1, 2),
    Case('depthwise', (6, 7), 10, 10, (3, 3), 2, 1, 1, 10),
    Case('sequence', (24,), 5, 6, (5,), 4, 2),
    Case('sequence_dilated', (24,), 6, 8, (3,), 1, 'SAME', 3, 2),
    Case('volume', (4, 6, 6), 6, 5, (4, 4, 4), 2, 1),
    Case('volume_same', (3, 4, 5), 5, 6, (3, 3, 3)),
]
NAMED = {case.name: case for case in CASES}
by_case = pytest.mark.parametrize('case', CASES, ids=lambda case: case.name)


def quick(f, **kwargs):
  """jit that spends less on compiling: these programs run once."""
  return jax.jit(f, **kwargs, compiler_options={
      'xla_backend_optimization_level': 0,
      'xla_llvm_disable_expensive_passes': True})


def maps(f, x, w):
  """The three maps: value, and both gradients of a nonlinear use of f."""
  loss = lambda x, w: jnp.sum(jnp.sin(f(x, w)))
  return f(x, w), jax.grad(loss, (0, 1))(x, w)


def derivatives(f, x, w):
  """jvp and second derivatives: of every map by every operand."""
  loss = lambda x, w: jnp.sum(jnp.sin(f(x, w)))
  axes = tuple(range(1, x.ndim))

  def penalty(x, w):
    g = jax.grad(loss)(x, w)
    return jnp.sum((jnp.sqrt(jnp.sum(g**2, axes)) - 1) ** 2)

  grads = jax.grad(loss, (0, 1))
  tangents = (jnp.cos(x), jnp.cos(w))
  return (
      jax.jvp(f, (x, w), tangents),
      jax.grad(penalty, (0, 1))(x, w),  # through conv -> input_grad
      jax.grad(lambda x, w: jnp.sum(grads(x, w)[1] ** 2), (0, 1))(x, w),
      jax.jvp(grads, (x, w), tangents),  # Hessian-vector, all four blocks
  )


def assert_equal(a, b, tolerance=1e-11):
  a, b = jax.tree.leaves(a), jax.tree.leaves(b)
  assert [v.shape for v in a] == [v.shape for v in b]
  assert [v.dtype for v in a] == [v.dtype for v in b]
  for u, v in zip(a, b):
    u, v = (np.asarray(t, np.float64) for t in (u, v))
    assert np.isfinite(u).all()
    assert np.abs(u - v).max() <= tolerance * max(1, np.abs(v).max())


@by_case
def test_maps_equal_lax(case, x64):
  """Which form computes a map depends on the case."""
  f, g = (quick(functools.partial(maps, f)) for f in (case.ours, case.plain))
  assert_equal(f(*case.arrays()), g(*case.arrays()))


@pytest.mark.parametrize('name', ['wide', 'down_odd', 'groups', 'sequence'])
def test_derivatives_equal_lax(name, x64):
  """How maps follow from each other does not."""
  case = NAMED[name]
  f, g = (quick(functools.partial(derivatives, f))
          for f in (case.ours, case.plain))
  assert_equal(f(*case.arrays()), g(*case.arrays()))


@pytest.mark.parametrize('axes', [(0, 0), (0, None), (None, 0)], ids=str)
@pytest.mark.parametrize('name', ['down_odd', 'groups'])
def test_vmap_equals_single_runs(name, axes, x64):
  case = NAMED[name]
  args = [b if axis is None else a
          for a, b, axis in zip(case.arrays(3), case.arrays(), axes)]
  both = quick(functools.partial(maps, case.ours))
  each = [both(*(a if axis is None else a[i] for a, axis in zip(args, axes)))
          for i in range(3)]
  assert_equal(
      quick(jax.vmap(functools.partial(maps, case.ours), axes))(*args),
      jax.tree.map(lambda *v: jnp.stack(v), *each))


def test_nested_vmap(x64):
  """Seeds of seeds, directions of seeds, samples of one seed."""
  case = CASES[0]
  x, w = case.arrays(2, 3)
  f = case.ours
  for outer, inner in [((0, 0), (0, 0)), ((0, None), (0, 0)),
                       ((0, 0), (0, None)), ((0, 0), (None, 0))]:
    pick = lambda v, *axes: v[tuple(
        slice(None) if axis == 0 else 0 for axis in axes)]
    args = [pick(v, *axes) for v, *axes in zip((x, w), outer, inner)]
    twice = lambda f: jax.vmap(jax.vmap(f, inner), outer)
    assert_equal(quick(twice(f))(*args), quick(twice(case.plain))(*args))
  per_sample = jax.vmap(
      jax.grad(lambda w, x: jnp.sum(jnp.sin(f(x[None], w)))), (None, 0))
  w, x = w[0, 0], x[0, 0]
  assert_equal(per_sample(w, x).sum(0),
               jax.grad(lambda w: jnp.sum(jnp.sin(case.plain(x, w))))(w))


@pytest.mark.parametrize(
    'name', ['down', 'down_odd', 'uneven', 'dilated_strided', 'depthwise',
             'groups_wide', 'volume'])
def test_forms_of_other_platforms(name, x64):
  """conv_lax is what GPU and TPU run; it runs here as well."""
  case = NAMED[name]
  x, w = case.arrays()
  y, vjp = jax.vjp(case.plain, x, w)
  n = len(case.k)
  each = lambda v: (v,) * n if isinstance(v, int) else v
  pads = tuple((p, p) if isinstance(p, int) else p
               for p in each(case.padding))
  window = conv_lax.Window(
      each(case.strides), pads, each(case.dilation), case.groups)
  c = jnp.cos(y)
  assert_equal(
      (conv_lax.conv(x, w, window),
       conv_lax.input_grad(c, w, window, case.space),
       conv_lax.kernel_grad(x, c, window, case.k)),
      (y, *vjp(c)))


@pytest.mark.parametrize('platform', ['tpu', 'cuda'])
def test_lowers_to_convolutions_elsewhere(platform):
  case = CASES[0]
  x, w = (jnp.float32(v) for v in case.arrays(2))
  f = jax.jit(jax.grad(
      lambda w, x: jnp.sum(jnp.sin(jax.vmap(case.ours)(x, w)))))
  text = jax.export.export(f, platforms=[platform])(w, x).mlir_module()
  assert text.count('stablehlo.convolution') == 2
  assert 'stablehlo.while' not in text and 'dot_general' not in text


@pytest.mark.parametrize('space, size, strides', [
    ((4, 5), 1, 2), ((4, 5), 2, 3), ((4, 5), 3, 1), ((4, 5), 3, 2),
    ((4, 5), 5, 2), ((1, 1), 4, 2), ((7,), 5, 3), ((2, 3, 2), 4, 2)])
def test_transpose_equals_flax(space, size, strides):
  rng = np.random.default_rng(0)
  x = jnp.asarray(rng.normal(size=(2, *space, 6)), jnp.float32)
  k, s = (size,) * len(space), (strides,) * len(space)
  params = {'params': {
      'kernel': jnp.float32(rng.normal(size=(*k, 6, 5))),
      'bias': jnp.float32(rng.normal(size=5))}}
  ours = [ConvTranspose(5, k, strides, pad) for pad in ('SAME', 'VALID')]
  theirs = [nn.ConvTranspose(5, k, s, pad) for pad in ('SAME', 'VALID')]
  run = quick(lambda nets, p, x: [net.apply(p, x) for net in nets],
              static_argnums=0)
  assert_equal(run(tuple(ours), params, x), run(tuple(theirs), params, x),
               1e-5)
  shapes = jax.eval_shape(ours[0].init, jax.random.key(0), x)
  assert jax.tree.map(jnp.shape, shapes) == jax.tree.map(jnp.shape, params)


def test_transpose_same_doubles_and_numbers_are_torchs():
  """5x5 stride 2 as TensorFlow; 4x4 stride 2 padding 1 as PyTorch."""
  x = jnp.arange(1., 4.)[None, :, None]
  w = jnp.arange(1., 6.)[:, None, None]
  # By hand: x_i adds the turned kernel [5 4 3 2 1] at 2 i; TensorFlow's
  # gradient of a 'SAME' convolution of 6 pixels cuts 1 off the front, 2 off
  # the end of the full [5 4 13 10 22 16 11 8 3].
  full = np.zeros(9)
  for i in range(3):
    full[2 * i:2 * i + 5] += (i + 1) * np.arange(5., 0., -1)
  np.testing.assert_allclose(full, [5, 4, 13, 10, 22, 16, 11, 6, 3])
  np.testing.assert_allclose(conv_transpose(x, w)[0, :, 0], full[1:7])
  np.testing.assert_allclose(
      conv_transpose(x, w, 2, 'VALID')[0, :, 0], full)
  # PyTorch, padding=2, output_padding=1.
  np.testing.assert_allclose(
      conv_transpose(x, w, 2, ((2, 1),))[0, :, 0], full[2:8])
  x = jnp.ones((1, 7, 7, 2))
  assert conv_transpose(x, jnp.ones((4, 4, 2, 3)), 2, 1).shape[1] == 14
  assert conv_transpose(x, jnp.ones((4, 4, 2, 3)), 1, 0).shape[1] == 10


def test_transpose_derivatives(x64):
  rng = np.random.default_rng(0)
  for space, size in [((1, 1), 4), ((4, 3), 5)]:
    x = jnp.asarray(rng.normal(size=(4, *space, 6)))
    w = jnp.asarray(rng.normal(size=(size, size, 6, 7)) * .3)
    ours = lambda x, w: conv_transpose(x, w, 2, 'SAME')
    plain = lambda x, w: lax.conv_transpose(
        x, w, (2, 2), 'SAME', dimension_numbers=('NHWC', 'HWIO', 'NHWC'))
    f, g = (quick(functools.partial(derivatives, f)) for f in (ours, plain))
    assert_equal(f(x, w), g(x, w))


def upsample(x):
  for axis in range(1, x.ndim - 1):
    x = jnp.repeat(x, 2, axis)
  return x


def pool(x):
  for axis in range(1, x.ndim - 1):
    x = x.reshape(*x.shape[:axis], -1, 2, *x.shape[axis + 1:])
    x = x.mean(axis + 1)
  return x


@pytest.mark.parametrize('space, size', [
    ((8, 6), 3), ((4, 4), 1), ((4, 4), 5), ((8,), 3), ((2, 4, 2), 3)])
def test_identities(space, size, x64):
  rng = np.random.default_rng(0)
  k = (size,) * len(space)
  x = jnp.asarray(rng.normal(size=(2, *space, 5)))
  w = jnp.asarray(rng.normal(size=(*k, 5, 4)))
  case = Case('', space, 5, 4, k)

  def ours(x, w):
    params = {'params': {'kernel': w, 'bias': w[(0,) * (w.ndim - 1)]}}
    return (maps(conv_pool, x, w), maps(up_conv, x, w),
            Conv(4, k, resample='pool').apply(params, x),
            Conv(4, k, resample='up').apply(params, x))

  def plain(x, w):
    bias = w[(0,) * (w.ndim - 1)]
    pooled = lambda x, w: pool(case.plain(x, w))
    upped = lambda x, w: case.plain(upsample(x), w)
    return (maps(pooled, x, w), maps(upped, x, w),
            pooled(x, w) + bias, upped(x, w) + bias)

  assert_equal(quick(ours)(x, w), quick(plain)(x, w))


@pytest.mark.parametrize(
    'name', ['picture_in', 'uneven', 'dilated_strided', 'groups', 'volume'])
def test_module_equals_flax(name):
  case = NAMED[name]
  x, w = (jnp.float32(v) for v in case.arrays())
  theirs = nn.Conv(case.o, case.k, case.strides, case.padding,
                   kernel_dilation=case.dilation,
                   feature_group_count=case.groups)
  ours = Conv(case.o, case.k, case.strides, case.padding, case.groups,
              case.dilation)
  params = {'params': {'kernel': w, 'bias': jnp.arange(1. * case.o)}}
  run = quick(lambda net, *args: net.apply(*args), static_argnums=0)
  assert_equal(run(ours, params, x), run(theirs, params, x), 1e-5)
  shapes = jax.eval_shape(ours.init, jax.random.key(0), x)
  assert jax.tree.map(jnp.shape, shapes) == jax.tree.map(jnp.shape, params)


def test_module_starts_as_flax():
  x = jnp.ones((1, 4, 4, 3))
  for ours, theirs in [(Conv(5), nn.Conv(5, (3, 3))),
                       (ConvTranspose(5, (4, 4)),
                        nn.ConvTranspose(5, (4, 4), (2, 2)))]:
    a, b = (jax.jit(net.init)(jax.random.key(0), x) for net in (ours, theirs))
    assert jax.tree.all(jax.tree.map(jnp.array_equal, a, b))


def test_reflect_padding():
  x = jnp.asarray(np.random.default_rng(0).normal(size=(2, 6, 5, 3)),
                  jnp.float32)
  ours = Conv(4, (7, 3), padding='REFLECT')
  params = ours.init(jax.random.key(0), x)
  wide = jnp.pad(x, ((0, 0), (3, 3), (1, 1), (0, 0)), mode='reflect')
  theirs = nn.Conv(4, (7, 3), padding='VALID')
  assert_equal(ours.apply(params, x), theirs.apply(params, wide), 1e-5)


def test_spectral_norm_and_no_bias():
  x = jnp.asarray(np.random.default_rng(0).normal(size=(2, 6, 6, 8)),
                  jnp.float32)
  for ours, theirs in [
      (Conv(16, use_bias=False), nn.Conv(16, (3, 3), use_bias=False)),
      (ConvTranspose(16, (4, 4), use_bias=False),
       nn.ConvTranspose(16, (4, 4), (2, 2), use_bias=False))]:
    ours, theirs = nn.SpectralNorm(ours), nn.SpectralNorm(theirs)
    state = ours.init(jax.random.key(0), x, update_stats=False)
    assert len(jax.tree.leaves(state['params'])) == 1
    run = quick(lambda net, state: net.apply(
        state, x, update_stats=True, mutable=['batch_stats']),
        static_argnums=0)
    for _ in range(2):  # the second with updated vectors
      a, b = run(ours, state), run(theirs, state)
      assert_equal(a, b, 1e-5)
      state = {**state, **a[1]}


@pytest.mark.parametrize('name', ['wide', 'down', 'picture_out', 'groups'])
def test_bfloat16_sums_in_float32(name):
  """Equals float32 arithmetic on the rounded inputs, rounded once."""
  case = NAMED[name]
  x, w = (v.astype(jnp.bfloat16) for v in case.arrays(batch=16))
  loss = lambda f, x, w: jnp.vdot(f(x, w).astype(jnp.float32), c)
  y = case.plain(*(v.astype(jnp.float32) for v in (x, w)))
  c = jnp.cos(y).astype(jnp.bfloat16).astype(jnp.float32)
  ours = quick(jax.grad(lambda *a: loss(case.ours, *a), (0, 1)))(x, w)
  wide = quick(jax.grad(lambda *a: loss(case.plain, *a), (0, 1)))(
      *(v.astype(jnp.float32) for v in (x, w)))
  ours = (case.ours(x, w), *ours)
  for u, v in zip(ours, (y, *wide)):
    assert u.dtype == jnp.bfloat16
    error = np.abs(np.float32(u) - np.float32(v))
    assert (error <= 2.**-8 * np.abs(v) + 1e-5 * np.abs(v).max()).all()


def test_module_dtype():
  x = jnp.ones((2, 4, 4, 3))
  for layer in (Conv(5, dtype=jnp.bfloat16),
                ConvTranspose(5, (4, 4), dtype=jnp.bfloat16)):
    y, params = jax.eval_shape(layer.init_with_output, jax.random.key(0), x)
    assert {v.dtype for v in jax.tree.leaves(params)} == {jnp.dtype('float32')}
    assert y.dtype == jnp.bfloat16


@pytest.mark.parametrize('call, message', [
    (lambda x: conv(x, jnp.ones((3, 3, 4, 2))), 'takes 4 channels'),
    (lambda x: conv(x, jnp.ones((3, 6, 2))), 'expected 1 spatial'),
    (lambda x: conv(x, jnp.ones((3, 3, 6, 2)), padding='same'), "'SAME'"),
    (lambda x: conv(x, jnp.ones((3, 3, 2, 4)), groups=3), '3 groups'),
    (lambda x: conv(x, jnp.ones((3, 3, 6, 2)), (1, 1, 1)), 'spatial axes'),
    (lambda x: conv(x, jnp.ones((9, 9, 6, 2)), padding='VALID'), 'larger'),
    (lambda x: conv_pool(x, jnp.ones((3, 3, 6, 2))), 'halve'),
    (lambda x: up_conv(x, jnp.ones((2, 2, 6, 2))), 'odd'),
    (lambda x: Conv(4, resample='down').init(jax.random.key(0), x),
     "'pool', 'up' or None"),
    (lambda x: Conv(4, groups=4).init(jax.random.key(0), x), '4 groups'),
])
def test_errors(call, message):
  with pytest.raises(ValueError, match=message):
    call(jnp.ones((2, 5, 6, 6)))


def test_eager_and_jit_agree():
  x, w = (jnp.float32(v) for v in CASES[0].arrays())
  assert_equal(conv(x, w), jax.jit(conv)(x, w), 0)
  assert jnp.array_equal(
      conv_primitives.kernel_grad(
          x, conv(x, w), conv_lax.Window((1, 1), ((1, 1),) * 2, (1, 1), 1),
          (3, 3)),
      jax.vjp(lambda w: conv(x, w), w)[1](conv(x, w))[0])
