"""Acceptance: a config's own claim, tried over seeds in one program.

A config states what it must reach:

    c.accept.modes = dict(metric='modes/modes_20', min=7.)

The mean over the seeds must be within the bounds, or their median, with
over='median'. `metric` is a name of metrics.jsonl: '<evaluation>/<value>' at
the last step, or a training metric with what is made of its rows,
'd/gap:last_over_max', or the step of one of them, 'd/iou:at_500', which an
evaluation may have, too; or, seed by seed, the ratio of two such,
'averaged/fid over last/fid', or their difference, 'modes/modes less
modes/modes:at_500'.
"""

import dataclasses
import importlib
import json
import pathlib
import pkgutil
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gans_jax import environment, errors, metrics, remote
from gans_jax import config as configs
from gans_jax import train

OVER = dict(mean=np.mean, median=np.median)    # of the seeds
PAIRED = {' over ': np.divide, ' less ': np.subtract}

# What is made of a training metric's rows [rows, seeds].
REDUCTIONS = {
    'last': lambda rows: rows[-1],
    # Over the last tenth of training: single rows are noisy.
    'late': lambda rows: rows[-max(len(rows) // 10, 1):].mean(0),
    'late_std': lambda rows: rows[-max(len(rows) // 5, 1):].std(0),
    'last_over_max': lambda rows: (
        rows[-max(len(rows) // 10, 1):].mean(0) / rows.max(0)),
}


@dataclasses.dataclass(frozen=True)
class Result:
  """One claim of one config, measured.

  Attributes:
    label: of the claim.
    metric: its name.
    values: by seed.
    minimum, maximum: the bounds, None where there is none.
    over: what of the seeds is compared with them, of OVER.
  """

  label: str
  metric: str
  values: tuple[float, ...]
  minimum: float | None = None
  maximum: float | None = None
  over: str = 'mean'

  @property
  def mean(self) -> float:
    return float(np.mean(self.values))

  @property
  def std(self) -> float:
    """Sample standard deviation; 0 for one seed."""
    return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else 0.

  @property
  def passed(self) -> bool:
    """Whether the mean, or the median, of the seeds is within the bounds."""
    value = OVER[self.over](self.values)
    return bool(np.isfinite(value)
                and (self.minimum is None or value >= self.minimum)
                and (self.maximum is None or value <= self.maximum))

  def row(self) -> dict[str, Any]:
    """As configs/results.jsonl has it."""
    claim = dict(
        label=self.label, metric=self.metric, values=list(self.values),
        mean=self.mean, std=self.std, min=self.minimum, max=self.maximum,
        passed=self.passed)
    return claim if self.over == 'mean' else {
        **claim, self.over: float(OVER[self.over](self.values))}


def experiments(system: str) -> dict[str, str]:
  """Configs that accept something for `system`: {name: module}.

  Args:
    system: a system ('gan': all of its configs), one config ('gan_ring'), or
      'all'.

  Raises:
    errors.ConfigError: there is none.
  """
  import configs as folder
  names = {m.name for m in pkgutil.iter_modules(folder.__path__)}
  found = {}
  for name in sorted(names):
    config = importlib.import_module(f'configs.{name}').get_config()
    if config.accept and system in (config.system, name, 'all'):
      found[name] = f'configs.{name}'
  if not found:
    errors.unknown('system or config with an acceptance run', system, names)
  return found


def run(name: str, workdir: str | pathlib.Path, seeds: int = 3,
        progress: bool = True, overrides: Mapping[str, Any] | None = None
        ) -> dict[str, Any]:
  """Trains configs/<name>.py over `seeds` seeds and judges its claims.

  Args:
    name: of the config.
    workdir: of the run; goes on where it was left.
    seeds: how many, from the config's own seed on.
    progress: show a bar.
    overrides: {path: value} set in the config, recorded in the row.

  Returns:
    A row of configs/results.jsonl.
  """
  config = importlib.import_module(f'configs.{name}').get_config()
  config.seeds = seeds
  for path, value in (overrides or {}).items():
    config.update_from_flattened_dict({path: value})
  train.train(config, workdir, progress=progress)
  # Of all sessions: a run that was killed and resumed took all of them.
  with remote.Place(workdir, ('run.json',), writes=False) as place:
    seconds = json.loads((place.folder / 'run.json').read_text())['seconds']
  rows = metrics.read_rows(workdir)
  claims = [judge(label, claim, rows, seeds)
            for label, claim in configs.plain(config.accept).items()]
  return dict(
      system=config.system, config=name, seed=config.seed, seeds=seeds,
      steps=config.steps, overrides=dict(overrides or {}),
      claims=[r.row() for r in claims], values=last_values(rows, seeds),
      passed=all(r.passed for r in claims), seconds=round(seconds, 1),
      **{k: v for k, v in environment.describe().items() if k in (
          'versions', 'device', 'commit', 'started')})


def last_values(rows: Sequence[Mapping[str, Any]], seeds: int
                ) -> dict[str, list[float]]:
  """By seed, what the last evaluations said, of claims and beside them.

  Ends of bootstrap intervals, which are of one run, are left out, and what is
  not finite, which JSON has no word for.

  Args:
    rows: of metrics.jsonl.
    seeds: of the run.
  """
  evals = [row for row in rows if row['kind'] == 'eval']
  last = max((row['step'] for row in evals), default=0)
  found = {}
  for row in evals:
    if row['step'] == last:
      found |= row.get('seeds') or {k: [v] for k, v in row['values'].items()}
  return {k: [float(v) for v in values] for k, values in sorted(found.items())
          if len(values) == seeds and np.isfinite(values).all()
          and not k.endswith(('_low', '_high'))}


def judge(label: str, claim: Mapping[str, Any],
          rows: Sequence[Mapping[str, Any]], seeds: int) -> Result:
  """Compares a claim with the rows of metrics.jsonl.

  Raises:
    errors.ConfigError: the claim has no bound, or names a metric, a reduction
      or an average of seeds that isn't there.
  """
  if not {'min', 'max'} & claim.keys():
    raise errors.ConfigError(f'config.accept.{label} has neither min nor max')
  metric = claim['metric']
  word = next((w for w in PAIRED if w in metric), None)
  parts = [_values(label, name, rows, seeds)
           for name in (metric.split(word, 1) if word else [metric])]
  values = PAIRED[word](*parts) if word else parts[0]
  over = claim.get('over', 'mean')
  errors.choose(f'average of seeds, config.accept.{label}.over,', over, OVER)
  return Result(label, metric, tuple(map(float, values)),
                claim.get('min'), claim.get('max'), over)


def _values(label: str, name: str, rows: Sequence[Mapping[str, Any]],
            seeds: int) -> np.ndarray:
  """[seeds] of one metric, reduced if it is one of training."""
  metric, _, reduction = name.partition(':')
  kind = 'train' if reduction else 'eval'
  if reduction.startswith('at_') and any(
      metric in r['values'] for r in rows if r['kind'] == 'eval'):
    kind = 'eval'
  have = [r for r in rows if r['kind'] == kind]
  known = {k for r in have for k in r['values']}
  errors.choose(f'metric of config.accept.{label}', metric,
                dict.fromkeys(known))
  have = [r for r in have if metric in r['values']]
  series = np.array([
      r.get('seeds', {}).get(metric, [r['values'][metric]])
      for r in have], np.float64)                # [rows, seeds]
  if reduction.startswith('at_'):
    values = errors.choose(f'step of {metric}', reduction, {
        f'at_{r["step"]}': row for r, row in zip(have, series)})
  else:
    values = (errors.choose('reduction', reduction, REDUCTIONS)(series)
              if reduction else series[-1])
  if len(values) != seeds:
    raise errors.ConfigError(
        f'{metric} has values of {len(values)} seeds, not {seeds}')
  return values
