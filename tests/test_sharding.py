"""Meshes, shardings, batches of several hosts, collectives."""

import os
import pathlib
import socket
import subprocess
import sys
import textwrap

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import AxisType, PartitionSpec

from gans_jax import errors, sharding
from gans_jax.game import State

ROOT = pathlib.Path(__file__).resolve().parents[1]


def make_state(seeds=0):
  lead = (seeds,) if seeds else ()
  keys = jnp.stack([jax.random.key(i) for i in range(max(seeds, 1))])
  w = lambda: jnp.ones(lead + (3,))
  return State(
      step=jnp.int32(4), key=keys if seeds else keys[0], params={'g': w()},
      stats={'g': {}}, opt={'g': (w(), w())}, ema={'g': w()}, memory={'k': w()})


@pytest.mark.parametrize('seeds, devices, shape', [
    (1, 8, (1, 8)), (2, 8, (2, 4)), (8, 8, (8, 1)), (10, 8, (2, 4)),
    (10, 2, (2, 1)), (3, 8, (1, 8)), (5, 1, (1, 1))])
def test_mesh(seeds, devices, shape):
  mesh = sharding.make_mesh(seeds, jax.devices()[:devices])
  assert tuple(mesh.shape.items()) == (
      ('seed', shape[0]), ('data', shape[1]))
  assert mesh.axis_types == (AxisType.Auto,) * 2
  assert sorted(d.id for d in mesh.devices.flat) == list(range(devices))


def test_mesh_as_asked():
  shape = lambda *a, **k: tuple(sharding.make_mesh(*a, **k).shape.values())
  assert shape(4, seed=2) == (2, 4) and shape(4, seed=1) == (1, 8)
  assert shape(1, data=2) == (1, 2)          # fewer than there are
  assert shape(4, seed=4, data=1) == (4, 1) and shape(4, data=4) == (2, 4)
  for bad, words in [(dict(seeds=3, seed=2), 'does not divide'),
                     (dict(seeds=8, seed=8, data=2), 'does not fill the 8'),
                     (dict(seeds=3, seed=3), 'does not fill the 8'),
                     (dict(data=16), 'does not fill the 8')]:
    with pytest.raises(errors.ConfigError, match=words):
      sharding.make_mesh(**bad)


@pytest.mark.parametrize('seeds', [1, 4])
def test_state_sharding(seeds):
  mesh = sharding.make_mesh(seeds)
  state = make_state(seeds if seeds > 1 else 0)
  shardings = sharding.state_sharding(mesh, state, seeds)
  assert jax.tree.structure(shardings) == jax.tree.structure(state)
  assert shardings.step.spec == PartitionSpec()
  spec = PartitionSpec('seed') if seeds > 1 else PartitionSpec()
  assert {s.spec for s in jax.tree.leaves(shardings.replace(step=None))} == {
      spec}
  placed = jax.device_put(state, shardings)
  for leaf in (placed.key, placed.params['g']):      # typed keys too
    first = leaf.addressable_shards[0].data
    assert leaf.sharding.is_fully_replicated == (seeds == 1)
    assert first.shape == ((1, *leaf.shape[1:]) if seeds > 1 else leaf.shape)
  like = sharding.abstract(state, shardings)
  assert like.key.dtype == state.key.dtype
  assert like.params['g'].sharding == shardings.params['g']


@pytest.mark.parametrize('seeds', [1, 2])
def test_fsdp_spreads_large_arrays(seeds):
  mesh = sharding.make_mesh(seeds)
  size = mesh.shape['data']
  lead = (seeds,) if seeds > 1 else ()
  net = {'w': jnp.zeros(lead + (3, 64, 16)), 'b': jnp.zeros(lead + (64,)),
         'odd': jnp.zeros(lead + (33, 35))}
  state = make_state(seeds if seeds > 1 else 0).replace(
      params={'g': net}, opt={'g': net}, memory={'pool': net})
  shardings = sharding.state_sharding(mesh, state, seeds, fsdp=True)
  first = ('seed',) if seeds > 1 else ()
  for field in (shardings.params, shardings.opt):
    assert field['g']['w'].spec == PartitionSpec(*first, None, 'data')
    assert field['g']['b'].spec == field['g']['odd'].spec == (
        PartitionSpec(*first))                 # too small; nothing divides it
  assert shardings.memory['pool']['w'].spec == PartitionSpec(*first)
  placed = jax.device_put(state, shardings).params['g']['w']
  assert placed.addressable_shards[0].data.size == (
      3 * 64 * 16 // size)


@pytest.mark.parametrize('seeds', [1, 2])
def test_put_batch_keeps_values_and_spreads_rows(seeds):
  mesh = sharding.make_mesh(seeds)
  lead = (3, seeds, 2) if seeds > 1 else (3, 2)
  batch = {'x': np.random.default_rng(0).normal(size=lead + (16, 5)),
           'y': np.arange(np.prod(lead) * 16).reshape(lead + (16,))}
  batch = {k: v.astype(np.float32) for k, v in batch.items()}
  with jax.transfer_guard('disallow'):               # explicit puts alone
    placed = sharding.put_batch(batch, mesh, seeds)
  for name, array in placed.items():
    assert array.sharding == sharding.batch_sharding(mesh, seeds)
    np.testing.assert_array_equal(array, batch[name])
    part = array.addressable_shards[0].data.shape
    rows = 16 // mesh.shape['data']
    assert part[:len(lead) + 1] == (
        (3, 1, 2, rows) if seeds > 1 else (3, 2, rows))


def test_check_batch_names_sizes_that_work():
  mesh = sharding.make_mesh()
  sharding.check_batch(64, mesh)
  with pytest.raises(errors.ConfigError, match=(
      'batch of 30 .* over 8 devices. Sizes that can: 24, 32, any multiple')):
    sharding.check_batch(30, mesh)
  with pytest.raises(errors.ConfigError, match='can: 8, any multiple of 8'):
    sharding.check_batch(0, mesh)
  sharding.check_batch(30, sharding.make_mesh(10, jax.devices()[:2]))


def test_one_process():
  assert sharding.is_main()
  assert sharding.local_shard() == (0, 1)
  assert sharding.local_shard(sharding.make_mesh(2)) == (0, 1)


class Device:
  def __init__(self, process_index):
    self.process_index = process_index


class Grid:
  """A mesh of several processes, as far as local_shard looks at one."""

  def __init__(self, rows):
    self.devices = np.array([[Device(p) for p in row] for row in rows])
    self.shape = dict(zip(('seed', 'data'), self.devices.shape,
                          strict=True))


@pytest.mark.parametrize('rows, wanted', [
    ([[0, 0, 1, 1]], (1, 2)),               # rows of a batch over processes
    ([[0, 0], [1, 1]], (0, 1)),             # seeds over processes
    ([[0, 1], [2, 3]], (1, 2)),             # both
    ([[0, 0, 1, 1], [0, 0, 1, 1]], (1, 2)),
    ([[0, 1, 2, 3]], (1, 4))])
def test_local_shard(monkeypatch, rows, wanted):
  monkeypatch.setattr(jax, 'process_index', lambda: 1)
  assert sharding.local_shard(Grid(rows)) == wanted


def test_local_shard_of_a_broken_layout(monkeypatch):
  monkeypatch.setattr(jax, 'process_index', lambda: 1)
  for rows in ([[0, 0, 0], [1, 1, 0]], [[0, 1, 0, 1]], [[0, 0, 0], [0, 1, 1]]):
    with pytest.raises(errors.ConfigError, match='cannot be laid out'):
      sharding.local_shard(Grid(rows))


# --- two processes ----------------------------------------------------------


TWO = """
import sys, jax, numpy as np, jax.numpy as jnp
sys.path.insert(0, 'tests')
from gans_jax import checkpoint, processes, records, sharding
assert processes.start() and processes.start()      # twice is once
import test_sharding as t
folder, me = sys.argv[1], jax.process_index()
assert sharding.is_main() == (me == 0) and len(jax.devices()) == 4

# Rows of a batch over the processes; a mean over all of them.
rows = np.arange(2 * 1 * 8 * 3, dtype=np.float32).reshape(2, 1, 8, 3)
mesh = sharding.make_mesh()
index, count = sharding.local_shard(mesh)
assert (index, count) == (me, 2)
batch = sharding.put_batch({'x': rows[:, :, 4 * me:4 * me + 4]}, mesh)
assert batch['x'].shape == rows.shape
mean = jax.jit(jnp.mean, out_shardings=jax.NamedSharding(mesh, jax.P()))
assert float(mean(batch['x'])) == rows.mean()

# Seeds over the processes: each has all the rows, and is given all the seeds.
mesh = sharding.make_mesh(2)
assert sharding.local_shard(mesh) == (0, 1)
rows = np.arange(2 * 2 * 1 * 8, dtype=np.float32).reshape(2, 2, 1, 8)
batch = sharding.put_batch(rows, mesh, 2)
assert batch.shape == rows.shape
for shard in batch.addressable_shards:
  np.testing.assert_array_equal(shard.data, rows[shard.index])

# A state of which no process has all is saved, checked, and restored.
def state(step):
  make = lambda: t.make_state(2).replace(params={
      'g': jnp.arange(6.).reshape(2, 3) + step})
  like = jax.eval_shape(make)
  return jax.jit(make, out_shardings=sharding.state_sharding(mesh, like, 2))()
assert not state(1).params['g'].is_fully_addressable
same = lambda a, b: all(
    np.array_equal(records.host(x), records.host(y))
    for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True))
with checkpoint.Checkpointer(folder) as c:
  for step in (1, 2):
    c.save(step, state(step))
  c.wait()
  step, restored, _ = c.restore(state(0))
  assert step == 2 and same(restored, state(2))
if me == 0:
  (c.directory / '2' / 'state' / 'manifest.ocdbt').write_text('')
from jax.experimental import multihost_utils
multihost_utils.sync_global_devices('damaged')
with checkpoint.Checkpointer(folder) as c:
  step, restored, _ = c.restore(state(0))
  assert step == 1 and same(restored, state(1))
  assert c.save(2, state(7))
with checkpoint.Checkpointer(folder) as c:
  step, restored, _ = c.restore(state(0))
  assert step == 2 and same(restored, state(7))
  assert c.directory.joinpath('2.damaged').exists()
print('done', me)
"""


def test_two_processes(tmp_path):
  """Two processes of two devices: batches, and a state spread over both."""
  with socket.socket() as s:
    s.bind(('localhost', 0))
    port = s.getsockname()[1]
  processes = [subprocess.Popen(
      [sys.executable, '-c', textwrap.dedent(TWO), str(tmp_path)], cwd=ROOT,
      text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={
          **os.environ, 'PYTHONPATH': str(ROOT), 'JAX_PLATFORMS': 'cpu',
          'XLA_FLAGS': '--xla_force_host_platform_device_count=2',
          'JAX_COORDINATOR_ADDRESS': f'localhost:{port}',
          'JAX_NUM_PROCESSES': '2', 'JAX_PROCESS_ID': str(i)})
      for i in range(2)]
  try:
    for i, process in enumerate(processes):
      out, err = process.communicate(timeout=120)
      assert process.returncode == 0 and f'done {i}' in out, err[-3000:]
  finally:
    for process in processes:
      process.kill()


# --- collectives -------------------------------------------------------------


def test_collectives_of_a_data_parallel_gradient():
  mesh = sharding.make_mesh()
  whole = jax.NamedSharding(mesh, PartitionSpec())
  rows = jax.NamedSharding(mesh, PartitionSpec('data'))
  grad = jax.jit(jax.grad(lambda w, x: jnp.mean((x @ w) ** 2)),
                 in_shardings=(whole, rows), out_shardings=whole)
  w, x = jnp.ones((6, 5)), jnp.ones((16, 6))
  compiled = grad.lower(w, x).compile()
  assert sharding.collectives(compiled) == {'all-reduce': (1, 6 * 5 * 4)}
  gather = jax.jit(lambda x: x * 2, in_shardings=rows, out_shardings=whole)
  assert sharding.collectives(gather.lower(x).compile()) == {
      'all-gather': (1, 16 * 6 * 4)}
  assert sharding.collectives(jax.jit(jnp.sin).lower(x).compile()) == {}


def test_collectives_of_seeds():
  """Seeds do not talk: a population over devices costs no communication."""
  net = nn.Dense(3)
  step = lambda state, x: state.replace(
      step=state.step + 1, params=jax.vmap(jax.grad(lambda w, x, key: jnp.mean(
          (net.apply(w, x) - jax.random.normal(key, (3,))) ** 2)))(
              state.params, x, state.key))
  mesh = sharding.make_mesh(8)
  params = net.init(jax.random.key(0), jnp.ones((4, 5)))
  state = make_state(8).replace(params=jax.tree.map(
      lambda x: jnp.stack([x] * 8), params))
  shardings = sharding.state_sharding(mesh, state, 8)
  rounds = jax.jit(step, out_shardings=shardings, in_shardings=(
      shardings, jax.NamedSharding(mesh, PartitionSpec('seed', 'data'))))
  compiled = rounds.lower(state, jnp.ones((8, 4, 5))).compile()
  assert sharding.collectives(compiled) == {}


def test_collectives_of_other_backends():
  text = '''
  %a = (f32[4,2]{1,0}, bf16[3]{0}) all-reduce(f32[4,2]{1,0} %x, bf16[3]{0} %y)
  %b = (f32[2]{0}, f32[16]{0}) all-gather-start(f32[2]{0} %z), dimensions={0}
  %c = f32[16]{0} all-gather-done((f32[2]{0}, f32[16]{0}) %b)
  ROOT %d = pred[8]{0:T(256)} collective-permute(pred[8]{0} %w)
  %e = f32[] add(f32[] %all-reduce, f32[] %q)
  '''
  assert sharding.collectives(text) == {
      'all-reduce': (1, 4 * 2 * 4 + 3 * 2), 'all-gather': (1, 64),
      'collective-permute': (1, 8)}
