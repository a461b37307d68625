"""Devices: one mesh for one CPU and for a pod, and where arrays lie on it.

Every program is `jax.jit` over a mesh of two axes: 'data', over which the
examples of a batch are spread, and 'seed', over which the runs of a population
are. Axes are Auto, so XLA places what is between inputs and outputs and
inserts the collectives. The State is replicated over 'data', or, for nets that
do not fit one device, its large arrays are spread over it (fully sharded data
parallel; Rajbhandari et al. 2020, "ZeRO", stage 3): `config.mesh.fsdp`.
"""

import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from gans_jax import errors

PyTree = Any


# --- the mesh ----------------------------------------------------------------


def make_mesh(seeds: int = 1, devices: Sequence[jax.Device] | None = None,
              *, seed: int = 0, data: int = 0) -> Mesh:
  """A mesh with the axes ('seed', 'data').

  Unless told, the seed axis has gcd(seeds, devices) places, since seeds need
  no communication; the data axis takes the rest. Two seeds on eight devices
  make a mesh of 2 x 4, ten seeds on two devices one of 2 x 1.

  Args:
    seeds: runs trained side by side.
    devices: all of the cluster by default.
    seed: places of the seed axis; 0: as above.
    data: places of the data axis; 0: as above. A single process may so use
      fewer devices than it has.

  Raises:
    errors.ConfigError: axes that the seeds or the devices do not fill.
  """
  devices = np.asarray(jax.devices() if devices is None else devices)
  places = seed or math.gcd(seeds, devices.size // (data or 1) or 1)
  if seeds % places:
    raise errors.ConfigError(
        f'config.mesh.seed={places} does not divide config.seeds={seeds}')
  rows = data or devices.size // places
  if places * rows > devices.size or (
      places * rows < devices.size and (not data or jax.process_count() > 1)):
    raise errors.ConfigError(
        f'a mesh of seed={places} x data={rows} does not fill the '
        f'{devices.size} devices; config.mesh.seed=0 and data=0 choose')
  return Mesh(devices[:places * rows].reshape(places, rows), ('seed', 'data'),
              axis_types=(AxisType.Auto,) * 2)


def of_config(config: Mapping[str, Any]) -> Mesh:
  """The mesh that `config.mesh` asks for, on all devices."""
  axes = config['mesh']
  return make_mesh(config['seeds'], seed=axes['seed'], data=axes['data'])


def use_cores(seeds: int) -> None:
  """Lets seeds spread over the cores of a CPU: a device for some of them each.

  To be called before JAX looks for devices; other platforms don't mind.
  """
  cores = len(os.sched_getaffinity(0)) if hasattr(
      os, 'sched_getaffinity') else os.cpu_count() or 1
  flags = os.environ.get('XLA_FLAGS', '')
  places = math.gcd(seeds, cores)
  if places > 1 and 'host_platform_device_count' not in flags:
    jax.config.update('jax_num_cpu_devices', places)


LEAST = 1024    # numbers in an array that is worth being spread


def state_sharding(mesh: Mesh, state: PyTree, seeds: int = 1,
                   fsdp: bool = False) -> PyTree:
  """Shardings of a State: its structure, a NamedSharding in place of a leaf.

  Replicated, but with several seeds every field except `step` is split over
  'seed' along its leading axis. With `fsdp` the large arrays of nets,
  optimizers and averages are also split over 'data', along their longest axis
  that its size divides. It serves as `in_shardings`, `out_shardings` and for
  `jax.device_put`.

  Args:
    mesh: from `make_mesh`.
    state: a State of arrays or of `jax.ShapeDtypeStruct`s.
    seeds: runs in `state`; their axis is there only if it is above 1.
    fsdp: whether arrays are split over 'data'.
  """
  lead = ('seed',) if seeds > 1 else ()
  whole = NamedSharding(mesh, PartitionSpec())
  split = NamedSharding(mesh, PartitionSpec(*lead))
  size = mesh.shape['data']

  def spread(x) -> NamedSharding:
    dims = x.shape[len(lead):]
    fit = [d for d in dims if d % size == 0]
    if size == 1 or not fit or math.prod(dims) < LEAST:
      return split
    at = dims.index(max(fit))
    return NamedSharding(mesh, PartitionSpec(*lead, *[None] * at, 'data'))

  shardings = jax.tree.map(lambda _: split, state).replace(step=whole)
  if fsdp:
    shardings = shardings.replace(**{
        field: jax.tree.map(spread, getattr(state, field))
        for field in ('params', 'stats', 'opt', 'ema')})
  return shardings


def of_state(mesh: Mesh, state: PyTree, config: Mapping[str, Any]) -> PyTree:
  """`state_sharding` as a config asks for."""
  return state_sharding(mesh, state, config['seeds'], config['mesh']['fsdp'])


def batch_sharding(mesh: Mesh, seeds: int = 1) -> NamedSharding:
  """Of arrays [rounds, batches, B, ...], or [rounds, S, batches, B, ...]."""
  seed = ('seed',) if seeds > 1 else ()
  return NamedSharding(mesh, PartitionSpec(None, *seed, None, 'data'))


def abstract(state: PyTree, shardings: PyTree) -> PyTree:
  """`state` as ShapeDtypeStructs that carry `shardings`, to restore into."""
  return jax.tree.map(
      lambda x, s: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=s),
      state, shardings)


# --- batches -----------------------------------------------------------------


def put_batch(batch: PyTree, mesh: Mesh, seeds: int = 1) -> PyTree:
  """Puts a host's examples on its devices as parts of global arrays.

  Returns at once; the copies go on by themselves.

  Args:
    batch: numpy arrays [rounds, (S,) batches, B_local, ...], rows
      `local_shard(mesh)` of each global batch and, with several seeds, all of
      the seeds.
    mesh: from `make_mesh`.
    seeds: S.

  Returns:
    Global arrays [rounds, (S,) batches, B, ...] with `batch_sharding`.
  """
  sharding = batch_sharding(mesh, seeds)
  if jax.process_count() == 1:
    return jax.device_put(batch, sharding)
  axis, (_, count) = 3 if seeds > 1 else 2, local_shard(mesh)

  def put(x: np.ndarray) -> jax.Array:
    shape = x.shape[:axis] + (x.shape[axis] * count,) + x.shape[axis + 1:]
    return jax.make_array_from_process_local_data(sharding, x, shape)

  # JAX takes these for implicit; they are what the loop's guard lets pass.
  with jax.transfer_guard_host_to_device('allow'):
    return jax.tree.map(put, batch)


def spread(x: np.ndarray, sharding: NamedSharding | None) -> jax.Array:
  """Puts what every process has on the devices of all; None: on one."""
  if sharding is None:
    return jax.device_put(x)
  return jax.make_array_from_callback(
      np.shape(x), sharding, lambda index: x[index])


def replicate(tree: PyTree, mesh: Mesh | None) -> PyTree:
  """Puts a copy of host arrays on every device of `mesh`; None: on one."""
  whole = None if mesh is None else NamedSharding(mesh, PartitionSpec())
  return jax.tree.map(lambda x: spread(np.asarray(x), whole), tree)


def all_agree(yes: bool) -> bool:
  """Whether `yes` holds in every process; all must ask."""
  if jax.process_count() == 1:
    return yes
  from jax.experimental import multihost_utils
  return bool(multihost_utils.process_allgather(np.asarray(yes)).all())


def check_batch(batch_size: int, mesh: Mesh, parts: int = 1) -> None:
  """Raises ConfigError unless the data axis divides each part of a batch."""
  size = mesh.shape['data'] * parts
  if batch_size < 1 or batch_size % size:
    below, above = batch_size // size * size, -(-batch_size // size) * size
    works = [str(n) for n in dict.fromkeys((below, max(above, size))) if n > 0]
    raise errors.ConfigError(
        f'a batch of {batch_size} cannot be split over {mesh.shape["data"]} '
        f'devices{f" in {parts} parts (mesh.accumulate)" * (parts > 1)}. '
        f'Sizes that can: {", ".join(works)}, any multiple of {size}')


def local_shard(mesh: Mesh | None = None) -> tuple[int, int]:
  """(index, count): this process takes rows index*B/count... of every batch.

  Processes that differ only in their seeds take the same rows.

  Args:
    mesh: all devices along 'data' by default.

  Raises:
    errors.ConfigError: the rows of this process are not one block of equal
      size in every process.
  """
  if mesh is None:
    return jax.process_index(), jax.process_count()
  owner = np.vectorize(lambda d: d.process_index, otypes=[int])(mesh.devices)
  blocks = {p: tuple(sorted(set(np.nonzero(owner == p)[1])))
            for p in np.unique(owner)}
  mine, size = blocks[jax.process_index()], mesh.shape['data']
  width = len(mine)
  cuts = {tuple(range(i, i + width)) for i in range(0, size, width)}
  if size % width or set(blocks.values()) != cuts:
    raise errors.ConfigError(
        f'the {mesh.devices.size} devices of {len(blocks)} processes cannot be '
        f'laid out as {dict(mesh.shape)}: rows of a batch would not be whole '
        f'blocks a process. Use a number of seeds that is 1 or a multiple of '
        f'the number of devices')
  return mine[0] // width, size // width


def is_main() -> bool:
  """Whether this process writes the logs: one of them does."""
  return jax.process_index() == 0


# --- what XLA made of it -----------------------------------------------------


COLLECTIVES = ('all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all',
               'collective-permute', 'collective-broadcast')
_OP = re.compile(r'= (?P<type>\(.*?\)|\S+) (?P<op>%s)(?P<start>-start)?\('
                 % '|'.join(COLLECTIVES))
_ARRAY = re.compile(r'([a-z]+\d*\w*)\[([\d,]*)\]')
_BITS = re.compile(r'\d+')


def collectives(compiled: jax.stages.Compiled | str
                ) -> dict[str, tuple[int, int]]:
  """Counts the communication in a compiled program.

  Args:
    compiled: `jit(f).lower(...).compile()`, or the text of its HLO.

  Returns:
    {operation: (count, bytes)}, the bytes being those of the results a device
    receives. The body of a loop counts once.
  """
  text = compiled if isinstance(compiled, str) else compiled.as_text()
  found: dict[str, tuple[int, int]] = {}
  for match in _OP.finditer(text):
    sizes = [_bytes(*array) for array in _ARRAY.findall(match['type'])]
    if match['start'] and match['op'] not in ('all-reduce', 'all-to-all'):
      # An asynchronous start gives (operands, results, contexts).
      sizes = [max(sizes)]
    count, total = found.get(match['op'], (0, 0))
    found[match['op']] = count + 1, total + sum(sizes)
  return found


def _bytes(dtype: str, dims: str) -> int:
  bits = 8 if dtype == 'pred' else int(_BITS.search(dtype)[0])
  size = math.prod(int(d) for d in dims.split(',') if d)
  return size * bits // 8
