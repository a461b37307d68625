"""The numbers of the evaluators: a table with the protocol, and curves."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from gans_jax import metrics
from gans_jax.report_parts import charts, page
from gans_jax.report_parts.run import Run, curves, unit

LAST_K = 5
ROC = 'tpr@'    # and a rate: a point of a ROC curve, which is drawn as one
SYMBOLS = {'higher': ' ↑', 'lower': ' ↓', None: ''}
Target = tuple[float | None, float | None]    # least, most


def results(run: Run) -> str:
  """Final, best and mean of the last k of each metric, with the protocol."""
  found = metrics.summary(run.rows, LAST_K)
  if not found:
    return page.note(f'No evaluation was made yet. {_plan(run)}')
  groups = {}
  for s in found:
    groups.setdefault((s.evaluator, s.ema, repr(s.protocol)), []).append(s)
  out = ['<p class="soft small">↑: higher is better, ↓: lower. Best is '
         'over the whole run, so it is chosen in hindsight; the mean is over '
         f'the last {LAST_K} evaluations, or as many as there are, ± their '
         'standard deviation.</p>']
  if run.config.get('reference'):
    out.append(f'<p>Published: {page.escape(run.config["reference"])}</p>')
  targets = _targets(run)
  for group in groups.values():
    first = group[0]
    how = ('averaged params (EMA)' if first.ema else
           'files' if 'samples' in run.info else 'params as trained')
    out.append(
        f'<h3>{page.escape(first.evaluator)}, {how}</h3>'
        + _table(run, group, targets)
        + '<details open><summary>protocol</summary>'
        + (page.facts({k: v for k, v in first.protocol.items()
                       if k != 'better'}) if first.protocol else
           page.note('No protocol was recorded.')) + '</details>')
  return ''.join(out)


def evaluations(run: Run) -> str:
  """Each evaluation metric over steps; ROC curves as they are in the end."""
  found, groups = metrics.summary(run.rows), {}
  if not found:
    return page.note('No evaluation was made yet.')
  both = len({s.ema for s in found}) > 1
  points = [s for s in found if ROC in s.name]
  for s in found:
    if s in points:
      continue
    series = curves(_rows_of(run, s))[s.name]
    groups.setdefault(s.name, []).append(dataclasses.replace(
        series, name=s.name + (' (no EMA)' if both and not s.ema else '')))
  return page.grid([*(charts.chart(name, series, unit(name))
                      for name, series in groups.items()), *_roc(points)])


def _roc(points: list[metrics.Summary]) -> list[str]:
  """A chart for each evaluator that gives points of a ROC curve."""
  curves = {}
  for s in points:
    label, rate = s.name.split(ROC)
    name = f'{label}roc' + ('' if s.ema else ' (no EMA)')
    curves.setdefault(name, {1.: 1.})[float(rate)] = s.final
  chance = np.array([0., 1.])
  return [charts.chart(
      name, [charts.Series('found', *map(np.array, zip(*sorted(
          curve.items())))), charts.Series('chance', chance, chance)],
      'anomalies found', 'normal examples taken for anomalies')
          for name, curve in curves.items()]


def _table(run: Run, group: list[metrics.Summary],
           targets: Mapping[str, Target]) -> str:
  """The metrics of one evaluator under one protocol."""
  last = {s.name: _rows_of(run, s)[-1].get('seeds', {}).get(s.name, [])
          for s in group}
  aimed, seeds = any(s.name in targets for s in group), any(last.values())
  head = ['metric', 'final', 'best', 'mean of the last',
          *['target'] * aimed, *['final of each seed'] * seeds]
  rows = []
  for s in group:
    best = ('' if s.best is None else
            f'{page.number(s.best)} {_at(s.best_step)}')
    rows.append([
        page.escape(s.name) + SYMBOLS[s.direction],
        f'<b>{page.number(s.final)}</b> {_at(s.final_step)}', best,
        page.number(s.mean) + f' ± {page.number(s.std)}' * (s.k > 1) +
        f' <small class="soft">of {s.k}</small>',
        *[_judge(s.final, targets.get(s.name))] * aimed,
        *[', '.join(map(page.number, last[s.name]))] * seeds])
  return page.table(head, rows)


def _plan(run):
  every = [f'{label} every {e["every"]} steps' if e.get('every') else
           f'{label} at the end'
           for label, e in (run.config.get('evals') or {}).items()
           if isinstance(e, Mapping)]
  return f'The config asks for {", ".join(every) or "none"}.'


def _rows_of(run, summary):
  return [r for r in run.rows if r['kind'] == 'eval'
          and r['evaluator'] == summary.evaluator and r['ema'] == summary.ema
          and (r.get('protocol') or {}) == summary.protocol
          and summary.name in r['values']]


def _targets(run) -> dict[str, Target]:
  """What the config accepts, by metric."""
  accept = run.config.get('accept')
  return {a['metric']: (a.get('min'), a.get('max'))
          for a in (accept.values() if isinstance(accept, Mapping) else ())
          if isinstance(a, Mapping) and 'metric' in a}


def _judge(x: float, target: Target | None) -> str:
  if target is None:
    return ''
  least, most = target
  met = (least is None or x >= least) and (most is None or x <= most)
  text = ', '.join(f'{sign} {page.number(bound)}' for sign, bound in
                   (('≥', least), ('≤', most)) if bound is not None)
  return (f'{text} <span class="{"good" if met else "bad"}">'
          f'{"✓ met" if met else "✗ not met"}</span>')


def _at(step):
  return f'<small class="soft">at {page.number(step)}</small>'
