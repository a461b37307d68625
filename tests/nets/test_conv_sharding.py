"""Convolutions over eight devices: results, and what crosses devices."""

import re

import flax.linen as nn
import jax
from jax import lax
import jax.numpy as jnp
from jax.sharding import AxisType
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P
import numpy as np
import pytest

from gans_jax.nets.layers import conv_cpu
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.conv import conv
from gans_jax.nets.layers.conv import conv_transpose
from gans_jax.nets.layers.conv import ConvTranspose


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
  """Weight gradients of these small pictures take several steps too."""
  if jax.device_count() < 8:
    pytest.skip('needs 8 devices')
  monkeypatch.setattr(conv_cpu, 'ROWS', 100)


def make_mesh(seeds):
  return jax.make_mesh((seeds, 8 // seeds), ('seed', 'data'),
                       axis_types=(AxisType.Auto,) * 2)


def arrays(*lead, batch):
  rng = np.random.default_rng(0)
  return (jnp.asarray(rng.normal(size=(*lead, batch, 7, 6, 20)), jnp.float32),
          jnp.asarray(rng.normal(size=(*lead, 3, 3, 20, 12)), jnp.float32))


def assert_near(a, b, tolerance):
  assert jax.tree.structure(a) == jax.tree.structure(b)
  for u, v in zip(jax.tree.leaves(a), jax.tree.leaves(b)):
    assert np.linalg.norm(u - v) <= tolerance * np.linalg.norm(v)


class Net(nn.Module):
  """Every form once: a generator into a critic."""

  @nn.compact
  def __call__(self, z):
    x = z[:, None, None]
    x = nn.tanh(ConvTranspose(12, (4, 4), 1, 'VALID')(x))
    x = nn.tanh(ConvTranspose(12, (4, 4))(x))
    x = nn.tanh(Conv(16, resample='up')(x))
    x = nn.tanh(Conv(3)(x))
    x = nn.tanh(Conv(12, (5, 5), 2)(x))
    x = nn.tanh(Conv(64, resample='pool')(x))
    x = nn.tanh(Conv(64, groups=2)(x))
    x = nn.tanh(Conv(8, (1, 1))(x))
    x = nn.tanh(Conv(8, (2, 2, 2))(x[..., None]))[..., 0]
    x = nn.tanh(Conv(8, (3,), dilation=2)(x.reshape(len(x), 16, 8)))
    return Conv(1, (16,), 1, 'VALID')(x)


def net_gradient():
  net = Net()
  z = jnp.asarray(np.random.default_rng(0).normal(size=(32, 8)), jnp.float32)
  params = jax.jit(net.init)(jax.random.key(0), z)
  loss = lambda params, z: jnp.sum(jnp.sin(net.apply(params, z)))
  return jax.jit(jax.grad(loss, (0, 1))), params, z


def test_eight_devices_equal_one_and_keep_the_batch():
  grads, params, z = net_gradient()
  one = grads(params, z)
  mesh = make_mesh(1)
  params = jax.device_put(params, NamedSharding(mesh, P()))
  z = jax.device_put(z, NamedSharding(mesh, P('data')))
  compiled = grads.lower(params, z).compile()
  eight = compiled(params, z)
  assert_near(eight, one, 2e-6)
  assert eight[1].sharding.spec[0] == 'data'
  text = compiled.as_text()
  moves = 'all-gather|all-to-all|collective-permute|reduce-scatter'
  assert not re.findall(rf'.* (?:{moves})[\w-]*\(.*', text)
  # Weight gradients are summed over devices, after their steps, not in them.
  bodies = re.findall(r'body=%([\w.-]+)', text)
  steps = ''.join(re.search(
      rf'^%{re.escape(body)} .*?^}}', text, re.M | re.S)[0] for body in bodies)
  reduce = re.compile(r' all-reduce[\w-]*\(')
  assert reduce.search(text) and 'dot(' in steps
  assert not reduce.search(steps)


def test_shard_map_sums_weight_gradients():
  mesh = make_mesh(1)
  x, w = arrays(batch=192)
  loss = lambda x, w: jnp.sum(jnp.sin(conv(x, w)))
  body = lambda x, w: lax.psum(loss(x, w), 'data')
  split = jax.shard_map(body, mesh=mesh, in_specs=(P('data'), P()),
                        out_specs=P())
  assert_near(jax.jit(jax.grad(split, (0, 1)))(x, w),
              jax.jit(jax.grad(loss, (0, 1)))(x, w), 2e-6)


def test_seeds_split_by_shard_map_do_not_communicate():
  mesh = make_mesh(2)
  x, w = arrays(4, batch=32)
  grads = jax.vmap(jax.grad(
      lambda x, w: jnp.sum(jnp.sin(
          conv_transpose(jnp.tanh(conv(x, w)), w.swapaxes(-1, -2)))), (0, 1)))
  split = jax.jit(jax.shard_map(
      grads, mesh=mesh, in_specs=P('seed'), out_specs=P('seed'),
      axis_names={'seed'}))
  args = (jax.device_put(x, NamedSharding(mesh, P('seed', 'data'))),
          jax.device_put(w, NamedSharding(mesh, P('seed'))))
  compiled = split.lower(*args).compile()
  assert 'all-gather' not in compiled.as_text()
  assert_near(compiled(*args), jax.jit(grads)(x, w), 2e-6)
