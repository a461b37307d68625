"""What was measured of a config, as a table."""

import dataclasses
from typing import Any

from gans_jax.benchmark.timing import Spread

# What the training loop may cost over the bare compiled rounds.
MOST_OVERHEAD = .05


@dataclasses.dataclass(frozen=True)
class Measurement:
  """What `measure.measure` found.

  Attributes:
    numbers: as JSON has them. Seconds, bytes, FLOPs; speeds are dicts of
      median, min and max; `overhead` is a share, None if not measured.
  """

  numbers: dict[str, Any]

  @property
  def json(self) -> dict[str, Any]:
    return self.numbers

  @property
  def reached(self) -> bool:
    """Whether the training loop costs as little as it should."""
    overhead = self.numbers['overhead']
    return overhead is None or overhead['median'] <= MOST_OVERHEAD

  def __str__(self) -> str:
    r = self.numbers
    lines = [*_what(r), *_speed(r), *_work(r)]
    if r['overhead']:
      o = Spread(**{k: 100 * v for k, v in r['overhead'].items()})
      verdict = 'reached' if self.reached else 'MISSED'
      lines.append(('host overhead', f'{o.median:.1f} % ({o.min:.1f} to '
                    f'{o.max:.1f}) of the training loop over the bare rounds; '
                    f'target <= {MOST_OVERHEAD:.0%}: {verdict}'))
    return '\n'.join(f'{name:14s}{text}' for name, text in lines)


def _what(r):
  env = r['environment']
  yield 'system', (f"{r['system']}, batch {r['batch']}, "
                   f"{r['batches_a_round']} a round, {r['seeds']} seeds, "
                   f"{r['rounds_a_dispatch']} rounds a dispatch")
  yield 'data', r['data']
  yield 'parameters', ', '.join(
      f'{k} {n:,}' for k, n in r['parameters'].items())
  yield 'devices', f"{env['device']}, {env['processes']} processes"
  yield 'versions', ', '.join(f'{k} {v}' for k, v in env['versions'].items())


def _speed(r):
  yield 'speed', f"{Spread(**r['images_per_s'])} img/s: real ones through D"
  yield '', (f"{Spread(**r['rounds_per_s'])} rounds/s: median (min to max) of "
             f"{r['repeats']} x {r['rounds_a_run']} rounds")
  yield 'cold start', ', '.join(
      f'{k} {v:.2f} s' for k, v in r['seconds'].items())


def _work(r):
  counted, memory = r['counted'], r['memory']
  yield 'a round', (
      f"{counted['flops'] / 1e9:.4g} GFLOP in {counted['calls']} products and "
      f"convolutions, {_bytes(counted['bytes'])} in and out of them: "
      f"{r['gflops_per_s']:.4g} GFLOP/s")
  if counted['unknown']:
    yield '', f"{counted['unknown']} loops of unknown length, counted once"
  compiler = [f'{r["compiler"][k] / 1e9:.4g} {unit}'
              for k, unit in (('flops', 'GFLOP'), ('bytes accessed', 'GB'))
              if k in r['compiler']]
  yield '', (f"the compiler's own: {', '.join(compiler) or 'none'} (fused; "
             'bodies of loops once)')
  yield 'peak memory', ', '.join(
      f'{_bytes(memory[k])} {what}' for k, what in (
          ('program', 'the program, on a device'),
          ('device', 'the first device'), ('process', 'the process'))
      if memory[k])
  yield 'collectives', ', '.join(
      f"{v['count']} {k} ({_bytes(v['bytes'])})"
      for k, v in r['collectives'].items()) or 'none'


def _bytes(n: float) -> str:
  for unit, size in ('GB', 1e9), ('MB', 1e6), ('kB', 1e3):
    if n >= size:
      return f'{n / size:.3g} {unit}'
  return f'{n:.0f} B'
