"""How good is the best of k runs of a random search?

Lucic, Kurach, Michalski, Gelly, Bousquet. "Are GANs created equal? A
large-scale study". NeurIPS 2018, section 5: scores depend on how many settings
were tried, so methods are compared by the best of k. They resample; of n scores
in order, s_1 the best, the best of k draws with replacement has

    P(s_i) = ((n - i + 1) / n)^k - ((n - i) / n)^k,

so mean and interval are exact here.
"""

import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from gans_jax import errors, metrics
from gans_jax.eval.measures.bootstrap import Interval

BUDGETS = (1, 2, 5, 10, 20, 50, 100)


def best_of(scores: Sequence[float], k: int, lower: bool = True,
            level: float = .95) -> Interval:
  """The best of k draws, with replacement: its mean and a central interval.

  Args:
    scores: of n runs.
    k: how many one can afford.
    lower: whether less is better.
    level: of the interval.

  Raises:
    ValueError: no scores, ones that are not finite, k < 1 or no such level.
  """
  scores = np.asarray(scores, np.float64)
  if (scores.ndim != 1 or not scores.size or k < 1 or not 0 < level < 1
      or not np.isfinite(scores).all()):
    raise ValueError(f'best of k={k} of scores {list(scores.shape)}, interval '
                     f'of level {level}')
  found = np.sort(scores) if lower else np.sort(scores)[::-1]
  n = len(found)
  reached = 1 - (1 - np.arange(1, n + 1) / n) ** k    # P(s_i or better)
  ends = found[[np.argmax(reached >= q - 1e-12)
                for q in ((1 - level) / 2, (1 + level) / 2)]]
  return Interval(float(found @ np.diff(reached, prepend=0.)),
                  float(min(ends)), float(max(ends)))


def best(workdir: str | pathlib.Path, metric: str, lower: bool = True
         ) -> float:
  """Of a run's evaluations the best, as if its checkpoint were kept.

  Raises:
    errors.ConfigError: it has no such metric, or it was never finite.
  """
  rows = [row['values'] for row in metrics.read_rows(workdir)
          if row['kind'] == 'eval']
  errors.choose(f'metric of {workdir}', metric,
                dict.fromkeys(name for row in rows for name in row))
  values = [row[metric] for row in rows if metric in row]
  values = [v for v in values if np.isfinite(v)]
  if not values:
    raise errors.ConfigError(f'{metric} of {workdir} was never finite: leave '
                             'the run out, and say so')
  return (min if lower else max)(values)


def table(scores: Mapping[str, Sequence[float]], lower: bool = True) -> str:
  """Markdown: a line for each budget, a column for each method.

  Args:
    scores: of a method's runs, by its name.
    lower: whether less is better.
  """
  most = max(map(len, scores.values()))
  lines = ['| best of | ' + ' | '.join(
      f'{name} ({len(found)} runs)' for name, found in scores.items()) + ' |',
           '|---' * (len(scores) + 1) + '|']
  for k in sorted({b for b in BUDGETS if b <= most} | {most}):
    cells = []
    for found in scores.values():
      value = best_of(found, k, lower)
      cells.append(f'{value.value:.4g} ({value.low:.4g} to {value.high:.4g})')
    lines.append('| ' + ' | '.join([str(k), *cells]) + ' |')
  return '\n'.join(lines)
