"""How a round of a config spreads over devices: what is moved, what is held.

For each number of devices the round is compiled, replicated and fully sharded,
and its program is read: nothing is run. A data-parallel round need move no more
than its gradients, once, and the sums of BatchNorm.

On CPUs XLA reduces what each use of a net adds to a gradient on its own, in one
operation a move: D's gradient goes twice where D sees real and fake apart. For
GPUs and TPUs it has a pass that adds first and reduces then.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import jax

from gans_jax import dispatch, sharding
from gans_jax import config as configs
from gans_jax.benchmark.measure import Bench, no_cache, program_bytes

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
  """

  system: str
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
    return (f'{self.system:12s} {self.devices} devices, '
            f'{"sharded   " if self.fsdp else "replicated"}: '
            f'gradients {mb(self.gradients)}, moved {mb(self.moved)} '
            f'(x{ratio:.3f}: {ops or "nothing"}), a device holds '
            f'{mb(self.state)} of state, {mb(self.memory)} in all{verdict}')


def measure(config: Any, counts: Sequence[int] = COUNTS) -> Iterator[Spread]:
  """Compiles a config's round for each number of devices.

  Args:
    config: see gans_jax.config; of one seed.
    counts: of devices; those that are not there are left out.
  """
  config = configs.plain(config)
  for count in counts:
    for fsdp in (False, True) if count > 1 else (False,):
      if count <= jax.device_count():
        yield one({**config, 'seeds': 1, 'mesh': dict(
            seed=1, data=count, fsdp=fsdp)})


def one(config: dict[str, Any]) -> Spread:
  """A config's round on the mesh that it asks for."""
  bench = Bench(config)
  state = jax.eval_shape(bench.exp.init)
  batch = jax.eval_shape(lambda: bench.loader.batch(0))
  fsdp = config['mesh']['fsdp']
  with no_cache():
    compiled = dispatch.compiled(
        bench.game, state, bench.mesh, 1, bench.stage, fsdp).lower(
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
          bench.mesh, state, 1, fsdp)), strict=True))
  return Spread(config['system'], bench.mesh.devices.size, fsdp, gradients,
                batchnorm, sharding.collectives(compiled), held,
                program_bytes(compiled))


def _bytes(tree: Any, placed: jax.NamedSharding | None = None) -> int:
  """Bytes of arrays, or of what one device holds of one of them."""
  leaves = [x for x in jax.tree.leaves(tree)
            if not jax.dtypes.issubdtype(x.dtype, jax.dtypes.prng_key)]
  shape = lambda x: placed.shard_shape(x.shape) if placed else x.shape
  return sum(math.prod(shape(x)) * x.dtype.itemsize for x in leaves)
