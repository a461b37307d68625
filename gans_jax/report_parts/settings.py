"""The config of a run, and what it stood on."""

from collections.abc import Mapping

from gans_jax.report_parts import page
from gans_jax.report_parts.run import Run

ELSEWHERE = ('parameters', 'starts', 'changed', 'seconds', 'step')


def config(run: Run) -> str:
  """The whole config; changes against the config file stand out.

  They are known where config.json or run.json has 'changed': paths, or
  {path: default}, or {path: [default, value]}.
  """
  values = {k: v for k, v in run.config.items() if k != 'changed'}
  changed = run.config.get('changed') or run.info.get('changed') or {}
  if isinstance(changed, Mapping):
    changed = {k: v[0] if isinstance(v, (list, tuple)) and len(v) == 2 else v
               for k, v in changed.items()}
  else:
    changed = dict.fromkeys(changed)
  out = page.note('Values that were changed from the config file stand out.'
                  ) if changed else ''
  return out + f'<div class="columns">{_nested(values, changed)}</div>'


def environment(run: Run) -> str:
  """Versions, devices and parameter counts, of run.json."""
  if not run.info:
    return page.note('run.json is missing or cannot be read.')
  out = []
  counts = run.info.get('parameters')
  if isinstance(counts, Mapping) and counts:
    rows = [(page.escape(k), page.number(n)) for k, n in counts.items()]
    rows.append(('<b>all</b>', f'<b>{page.number(sum(counts.values()))}</b>'))
    out.append(f'<div><h3>parameters</h3>{page.table(("net", "numbers"), rows)}'
               '</div>')
  out.append(_nested({k: v for k, v in run.info.items()
                      if k not in ELSEWHERE}, {}))
  starts = run.info.get('starts')
  after = ''
  if isinstance(starts, list) and starts:
    names = list(starts[0])
    after = '<h3>starts</h3>' + page.table(
        map(page.escape, names),
        [[page.value(s.get(k, '')) for k in names] for s in starts])
  return f'<div class="columns">{"".join(out)}</div>{after}'


def _nested(values, changed, path=''):
  """A table of the plain values, then one of each mapping inside."""
  plain = {k: v for k, v in values.items()
           if not (isinstance(v, Mapping) and v)}
  out = ''
  if plain:
    title = page.escape(path.rstrip('.') or 'run')
    out = f'<div><h3>{title}</h3>{page.pairs(plain, changed, path)}</div>'
  return out + ''.join(_nested(v, changed, f'{path}{k}.')
                       for k, v in values.items() if k not in plain)
