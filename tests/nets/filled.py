"""Nets with parameters drawn by NumPy, and programs that compile quickly.

The parameters don't depend on JAX's random numbers or on initialisers, so that
numbers recorded with them hold, and other implementations can be given them.
"""

import zlib

import jax
import jax.numpy as jnp
import numpy as np

KEYS = {'params': jax.random.key(0), 'dropout': jax.random.key(1)}


def _leaf(path, shape, seed):
  name = jax.tree_util.keystr(path, simple=True, separator='/')
  rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
  draw = rng.normal(size=shape.shape).astype(np.float32)
  kind = path[-1].key
  if kind == 'kernel':
    return draw / np.sqrt(np.prod(shape.shape[:-1])).astype(np.float32)
  if kind in ('u', 'v'):
    return draw / np.linalg.norm(draw)
  if kind == 'var':
    return 1 + .5 * np.tanh(draw)
  return .1 * draw + (kind == 'scale')


def fill(net, *args, seed=0):
  """The variables of a net called with `args`, as NumPy arrays."""
  shapes = jax.eval_shape(lambda: net.init(KEYS, *args, train=True))
  return jax.tree_util.tree_map_with_path(
      lambda path, s: _leaf(path, s, seed), dict(shapes))


def count(net, *args):
  """The number of a net's parameters, without making them."""
  shapes = jax.eval_shape(lambda: net.init(KEYS, *args, train=True))
  return sum(x.size for x in jax.tree.leaves(shapes['params']))


# Compiles in an eighth of the time; small nets run as well without.
UNOPTIMISED = {'xla_backend_optimization_level': 0,
               'xla_cpu_use_fusion_emitters': False,
               'xla_cpu_parallel_codegen_split_count': 1}


def quick(f, *args):
  """f(*args) as NumPy arrays, compiled with little care for its speed.

  NumPy, since every operation on a JAX array would be compiled in turn.
  """
  return jax.device_get(jax.jit(f, compiler_options=UNOPTIMISED)(*args))


def draw(*shape, seed=1):
  """Standard normal float32."""
  return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def survey(net, x, y=None, other=None):
  """What a net does in all modes, in one program.

  Args:
    net: a net.
    x: its input.
    y: its labels, or None.
    other: other labels, or None.

  Returns:
    dict of outputs: train, test, half (bfloat16, test), other (test, with the
    other labels), stats (collections after the training pass), gradient (of
    a weighted sum of the training output, by parameters).
  """
  def everything(variables, x, y, other):
    def run(params, y, train, net=net):
      return net.apply(
          {**variables, 'params': params}, x, y, train=train,
          rngs={'dropout': KEYS['dropout']},
          mutable=[c for c in variables if c != 'params'])
    params = variables['params']
    def loss(params):
      out, stats = run(params, y, True)
      # Not their sum: BatchNorm makes that constant.
      weights = jnp.cos(jnp.arange(out.size)).reshape(out.shape)
      return jnp.sum(out * weights), (out, stats)
    gradient, (train, stats) = jax.grad(loss, has_aux=True)(params)
    half = run(params, y, False, net.clone(dtype=jnp.bfloat16))[0]
    return dict(train=train, stats=stats, gradient=gradient, half=half,
                test=run(params, y, False)[0],
                other=run(params, other, False)[0])

  return quick(everything, fill(net, x, *([] if y is None else [y])), x, y,
               other)


def check(net, x, y=None, differs=False):
  """Asserts of a net what is asked of every net; returns its survey."""
  out = survey(net, x, y, None if y is None else y[::-1])
  assert out['test'].dtype == out['train'].dtype == np.float32
  assert out['half'].dtype == np.float32
  np.testing.assert_allclose(out['half'], out['test'],
                             atol=.05 * np.abs(out['test']).max() + .02)
  assert np.abs(out['half'] - out['test']).max() > 0   # really in bfloat16
  for gradient in jax.tree.leaves(out['gradient']):
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0                  # all are used
  same = np.allclose(out['train'], out['test'], atol=1e-6)
  assert same != differs, 'training and test mode'
  if y is not None:
    changed = np.abs(out['test'] - out['other']).reshape(len(x), -1).max(1)
    moved = (y != y[::-1]).any(1)
    assert (changed[moved] > 1e-4).all() and (changed[~moved] < 1e-5).all()
  return out
