"""Two values side by side, only if they were taken in the same way."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from gans_jax import errors, files, metrics

# What may differ: it is not part of how a number is taken.
FREE = ('seed', 'versions', 'samples', 'better', 'draw_seed')


@dataclasses.dataclass(frozen=True)
class Row:
  """One metric of two runs.

  Attributes:
    name: of the metric.
    values: of both at their last evaluation; () if they can't be compared.
    steps: of these.
    differing: by field of the protocol, what each has.
  """

  name: str
  values: tuple[float, ...]
  steps: tuple[int, int]
  differing: dict[str, tuple[Any, Any]]

  def __str__(self) -> str:
    if self.values:
      a, b = self.values
      return (f'{self.name:40s} {a:12.6g} {b:12.6g} {b - a:+12.4g}   '
              f'at steps {self.steps[0]}, {self.steps[1]}')
    fields = '; '.join(f'{k}: {_short(a)} and {_short(b)}'
                       for k, (a, b) in self.differing.items())
    return f'{self.name:40s} not comparable: {fields}'


def differing(a: Mapping[str, Any], b: Mapping[str, Any]
              ) -> dict[str, tuple[Any, Any]]:
  """Fields in which two protocols differ, and by which numbers do."""
  return {k: (a.get(k), b.get(k)) for k in sorted({*a, *b} - set(FREE))
          if a.get(k) != b.get(k)}


def compare(a: files.PathLike, b: files.PathLike) -> list[Row]:
  """The metrics that two workdirs have in common.

  Of several protocols of one metric those that agree are taken, if there are
  such; else the last of each.

  Raises:
    errors.ConfigError: they have no metric in common.
  """
  first, second = (_latest(w) for w in (a, b))
  names = [n for n in first if n in second]
  if not names:
    raise errors.ConfigError(
        f'{a} and {b} have no metric in common: {", ".join(first) or "none"} '
        f'and {", ".join(second) or "none"}')
  out = []
  for name in names:
    pairs = [(x, y) for x in reversed(first[name])
             for y in reversed(second[name])]
    x, y = next((p for p in pairs if not differing(p[0].protocol,
                                                   p[1].protocol)), pairs[0])
    gap = differing(x.protocol, y.protocol)
    out.append(Row(name, () if gap else (x.final, y.final),
                   (x.final_step, y.final_step), gap))
  return out


def _latest(workdir) -> dict[str, list[metrics.Summary]]:
  rows = metrics.read_rows(workdir)
  if not rows:
    raise errors.ConfigError(f'{workdir} holds no {metrics.ROWS}')
  out: dict[str, list[metrics.Summary]] = {}
  for s in sorted(metrics.summary(rows), key=lambda s: s.final_step):
    protocol = {**s.protocol, 'ema': s.ema}
    out.setdefault(s.name, []).append(
        dataclasses.replace(s, protocol=protocol))
  return out


def _short(value: Any) -> str:
  text = str(value)
  return text if len(text) <= 24 else f'{text[:16]}...'
