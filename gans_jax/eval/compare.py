"""Two values side by side, only if they were taken in the same way."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from gans_jax import errors, files, metrics

# What may differ: it is not part of how a number is taken. Versions are shown
# by the report; that they don't move scores is what the tests are for.
FREE = ('seed', 'versions', 'samples', 'better')


def free(field: str) -> bool:
  """Whether a field of a protocol may differ: FREE, and seeds of any kind."""
  return field in FREE or field.endswith('_seed')


@dataclasses.dataclass(frozen=True)
class Row:
  """One metric of two runs.

  Attributes:
    name: of the metric.
    values: of both at their last evaluation; () if they can't be compared.
    steps: of these.
    differing: by field of the protocol, what each has.
    n: samples of both, if that is recorded.
  """

  name: str
  values: tuple[float, ...]
  steps: tuple[int, int]
  differing: dict[str, tuple[Any, Any]]
  n: int | None = None

  def __str__(self) -> str:
    if self.values:
      a, b = self.values
      return (f'{self.name:40s} {a:12.6g} {b:12.6g} {b - a:+12.4g}   '
              f'at steps {self.steps[0]}, {self.steps[1]}'
              + (f', of {self.n} samples' if self.n else ''))
    fields = '; '.join(f'{k}: {_short(a)} and {_short(b)}'
                       for k, (a, b) in self.differing.items())
    return f'{self.name:40s} not comparable: {fields}'


def differing(a: Mapping[str, Any], b: Mapping[str, Any]
              ) -> dict[str, tuple[Any, Any]]:
  """Fields in which two protocols differ, and by which numbers do."""
  return {k: (a.get(k), b.get(k)) for k in sorted({*a, *b})
          if not free(k) and a.get(k) != b.get(k)}


def compare(a: files.PathLike, b: files.PathLike) -> list[Row]:
  """The metrics that two workdirs have in common.

  Metrics go by their names without the label of the evaluator. Each value of
  `a` stands beside the one of `b` that was taken in the same way; where there
  is no such pair for a metric, a row says what is in the way, for the two that
  differ least.

  Raises:
    errors.ConfigError: a folder without evaluations, or no metric in common.
  """
  first, second = (_latest(w) for w in (a, b))
  names = [n for n in first if n in second]
  if not names:
    raise errors.ConfigError(
        f'{a} and {b} have no metric in common: {", ".join(first)} and '
        f'{", ".join(second)}')
  out = []
  for name in names:
    pairs = [(x, y, differing(x.protocol, y.protocol))
             for x in reversed(first[name]) for y in reversed(second[name])]
    alike = [p for p in pairs if not p[2]]
    for x, y, gap in alike or [min(pairs, key=lambda p: len(p[2]))]:
      out.append(Row(name, () if gap else (x.final, y.final),
                     (x.final_step, y.final_step), gap,
                     None if gap else x.protocol.get('n_fake')))
  return out


def table(a: files.PathLike, b: files.PathLike) -> str:
  """`compare` as text.

  Raises:
    errors.ConfigError: see `compare`; or nothing is comparable, with all that
      differs.
  """
  rows = compare(a, b)
  text = '\n'.join(map(str, rows))
  if not any(row.values for row in rows):
    raise errors.ConfigError(
        f'no value of {a} and {b} was taken in the same way:\n{text}')
  return (f'{"":40s} {_short(a, 12):>12s} {_short(b, 12):>12s} '
          f'{"difference":>12s}\n{text}')


def _latest(workdir) -> dict[str, list[metrics.Summary]]:
  """By metric its summaries under each protocol, the last evaluated last."""
  found = metrics.summary(metrics.read_rows(workdir))
  if not found:
    raise errors.ConfigError(
        f'{workdir} holds no evaluations: python launch/eval.py --workdir '
        f'{workdir} makes some')
  out: dict[str, list[metrics.Summary]] = {}
  for s in sorted(found, key=lambda s: s.final_step):
    out.setdefault(s.name.split('/')[-1], []).append(s)
  return out


def _short(value: Any, most: int = 24) -> str:
  text = str(value)
  return text if len(text) <= most else f'...{text[3 - most:]}'
