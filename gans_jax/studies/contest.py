"""Contests: acceptance runs of several configs, by one metric."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gans_jax import errors
from gans_jax.studies import results


@dataclasses.dataclass(frozen=True)
class Standing:
  """One config beside the baseline.

  Attributes:
    config: its name.
    mean: of the metric, over the seeds.
    error: standard error of the mean.
    seeds: how many.
    better: by how much it beats the baseline; positive is better.
    noise: standard error of that difference, of independent runs.
  """

  config: str
  mean: float
  error: float
  seeds: int
  better: float
  noise: float

  @property
  def beats(self) -> bool:
    """Whether it is better by more than the difference's standard error."""
    return self.better > self.noise


def compare(baseline: str, others: Sequence[str], metric: str,
            rows: Iterable[Mapping[str, Any]], lower: bool = True
            ) -> list[Standing]:
  """The newest recorded rows of configs, baseline first.

  Args:
    baseline: name of a config.
    others: of what it is compared with.
    metric: of a claim of each, 'kid/kid_efficientnet_lite0'.
    rows: of configs/results.jsonl.
    lower: whether less is better.

  Raises:
    errors.ConfigError: a config without a row, or without such a claim; or of
      one seed, which has no standard error.
  """
  newest = {row['config']: row for row in results.latest(rows)}

  def measured(name):
    row = newest.get(name) or errors.unknown(
        'config with a recorded run', name, newest)
    claims = {claim['metric']: claim for claim in row['claims']}
    claim = errors.choose(f'claim of {name}', metric, claims)
    if row['seeds'] < 2:
      raise errors.ConfigError(f'{name} was run with one seed, which says '
                               'nothing of its spread: reproduce it with 3')
    return claim['mean'], claim['std'] / math.sqrt(row['seeds']), row['seeds']

  first = measured(baseline)
  out = [Standing(baseline, *first, 0., 0.)]
  for name in others:
    mean, error, seeds = measured(name)
    better = first[0] - mean if lower else mean - first[0]
    out.append(Standing(name, mean, error, seeds, better,
                        math.hypot(first[1], error)))
  return out


def table(standings: Sequence[Standing]) -> str:
  """Markdown: a line for each config; the first is the baseline."""
  lines = ['| config | seeds | mean ± standard error | better than '
           f'{standings[0].config} by | |', '|---|---|---|---|---|']
  for i, s in enumerate(standings):
    cells = (['', ''] if i == 0 else [
        f'{s.better:.4g} ± {s.noise:.2g}',
        'better' if s.beats else '**not better**'])
    lines.append('| ' + ' | '.join([
        s.config, str(s.seeds), f'{s.mean:.4g} ± {s.error:.2g}', *cells
    ]) + ' |')
  return '\n'.join(lines)
