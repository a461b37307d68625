"""How a round of a config spreads over devices: what is moved, what is held.

For each number of devices the round is compiled, replicated and fully sharded,
and its program is read: nothing is run. A data-parallel round need move no more
than its gradients, once, and the sums of BatchNorm.

On CPUs XLA reduces what each use of a net adds to a gradient on its own, in one
operation a move: D's gradient goes twice where D sees real and fake apart. Its
compilers for GPUs and TPUs have a pass that adds first and reduces then. That
of TPUs runs on any machine: a `topology` names a slice that need not be there.
Layers that normalise their kernels do so once a move, so that nothing stands
between what their passes add.
"""

import dataclasses
import importlib.util
import math
import os
from collections.abc import Iterator, Sequence
from typing import Any

import jax

from gans_jax import dispatch, errors, sharding
from gans_jax import config as configs
from gans_jax.benchmark.measure import Bench, no_cache, program_bytes, with_data

COUNTS = (1, 2, 4, 8)
SLACK = 1.05    # metrics are averaged over devices, too


@dataclasses.dataclass(frozen=True)
class Spread:
  """A round on `devices` devices.

  Attributes:
    gradients: bytes of the gradients of all moves, a repeated one once, as the
      body of a loop counts once in a program.
    batchnorm: bytes that BatchNorm may reduce: each net's statistics, of real
      and fake, forward and back, in each move.
    collectives: {operation: (count, bytes)}.
    state: bytes of the state on one device.
    memory: bytes of arguments, results and temporaries on one device.
    target: what it is compiled for: 'cpu', or a slice, 'v5e:2x4'.
  """

  system: str
  target: str
  devices: int
  fsdp: bool
  gradients: int
  batchnorm: int
  collectives: dict[str, tuple[int, int]]
  state: int
  memory: int

  @property
  def moved(self) -> int:
    """Bytes a device receives in a round."""
    return sum(size for _, size in self.collectives.values())

  @property
  def reached(self) -> bool:
    """Whether a replicated round moves its gradients once, and no more."""
    if self.fsdp:
      return True
    if self.devices == 1:
      return not self.collectives
    return (set(self.collectives) <= {'all-reduce'} and
            self.moved <= SLACK * self.gradients + self.batchnorm)

  @property
  def json(self) -> dict[str, Any]:
    return dict(dataclasses.asdict(self), moved=self.moved,
                reached=self.reached)

  def __str__(self) -> str:
    mb = lambda x: f'{x / 2 ** 20:.3f} MB'
    ops = ', '.join(f'{n} {k} {mb(size)}'
                    for k, (n, size) in sorted(self.collectives.items()))
    ratio = self.moved / max(1, self.gradients)
    verdict = '' if self.fsdp else (
        '  ok' if self.reached else '  MORE THAN ITS GRADIENTS')
    return (f'{self.system:12s} {self.target} {self.devices} devices, '
            f'{"sharded   " if self.fsdp else "replicated"}: '
            f'gradients {mb(self.gradients)}, moved {mb(self.moved)} '
            f'(x{ratio:.3f}: {ops or "nothing"}), a device holds '
            f'{mb(self.state)} of state, {mb(self.memory)} in all{verdict}')


def measure(config: Any, counts: Sequence[int] = (), topology: str = '',
            size: int = 32) -> Iterator[Spread]:
  """Compiles a config's round for each number of devices.

  Args:
    config: see gans_jax.config; of one seed. Random pictures stand in for
      data that is not there.
    counts: of devices; by default those of COUNTS that are there, and all of
      a slice.
    topology: a TPU slice, 'v5e:2x4', to compile for instead of this machine.
    size: pixels of the random pictures, where the config does not say.

  Raises:
    errors.ConfigError: no such slice, no compiler for it, or more devices
      than it has.
  """
  fleet = described(topology) if topology else jax.devices()
  if bad := [n for n in counts if not 1 <= n <= len(fleet)]:
    raise errors.ConfigError(f'{bad[0]} devices: {topology or "here"} has 1 to '
                             f'{len(fleet)}')
  counts = set(counts or (*COUNTS, *[len(fleet)] * bool(topology)))
  config = {**configs.plain(config), 'seeds': 1}
  config['mesh'] = {**config['mesh'], 'seed': 1, 'data': 1}
  with with_data(config, size) as (config, _):
    bench = Bench(config)
    for count in sorted(c for c in counts if c <= len(fleet)):
      mesh = sharding.make_mesh(1, fleet[:count], data=count)
      sharding.check_batch(config['batch'], mesh, bench.game.accumulate)
      for fsdp in (False, True) if count > 1 else (False,):
        yield one(bench, mesh, fsdp, topology or 'cpu')


def described(topology: str) -> list[jax.Device]:
  """The devices of a TPU slice which need not be there, to compile for.

  Args:
    topology: generation and chips, 'v5e:2x4', 'v4:2x2x1'.

  Raises:
    errors.ConfigError: no such slice, or libtpu is not installed.
  """
  from jax.experimental import topologies
  if importlib.util.find_spec('libtpu') is None:
    raise errors.ConfigError(
        f"to compile for {topology} the compiler of TPUs is needed: "
        "pip install -e '.[tpu]'")
  # It asks the metadata server of a cloud else, for minutes.
  os.environ.setdefault('TPU_SKIP_MDS_QUERY', '1')
  try:
    return list(topologies.get_topology_desc(
        platform='tpu', topology_name=topology).devices)
  except Exception as e:    # of the runtime; several kinds
    raise errors.ConfigError(
        f'no TPU slice {topology!r}: a generation and its chips, such as '
        f'v5e:2x4 or v4:2x2x1 ({str(e).splitlines()[0]})') from None


def one(bench: Bench, mesh: jax.sharding.Mesh, fsdp: bool, target: str
        ) -> Spread:
  """A config's round on a mesh, replicated or fully sharded."""
  state = jax.eval_shape(bench.exp.init)
  batch = jax.eval_shape(lambda: bench.loader.batch(0))
  with no_cache():
    compiled = dispatch.compiled(
        bench.game, state, mesh, 1, bench.stage, fsdp).lower(
            state, batch).compile()
  players = bench.game.players
  gradients = batchnorm = 0
  for item in bench.game.round:
    for player in {m.player for m in getattr(item, 'moves', ())}:
      gradients += sum(_bytes(state.params[n]) for n in players[player].nets)
    batchnorm += 4 * sum(_bytes(s.get('batch_stats', {}))
                         for s in state.stats.values())
  held = sum(_bytes(x, s) for x, s in zip(
      jax.tree.leaves(state), jax.tree.leaves(sharding.state_sharding(
          mesh, state, 1, fsdp)), strict=True))
  return Spread(bench.c['system'], target, mesh.devices.size, fsdp, gradients,
                batchnorm, sharding.collectives(compiled), held,
                program_bytes(compiled))


def _bytes(tree: Any, placed: jax.NamedSharding | None = None) -> int:
  """Bytes of arrays, or of what one device holds of one of them."""
  leaves = [x for x in jax.tree.leaves(tree)
            if not jax.dtypes.issubdtype(x.dtype, jax.dtypes.prng_key)]
  shape = lambda x: placed.shard_shape(x.shape) if placed else x.shape
  return sum(math.prod(shape(x)) * x.dtype.itemsize for x in leaves)
