"""Where many runs are, in one table.

  python launch/status.py runs/*
  python launch/status.py runs --json
  python launch/status.py gs://my-runs/a gs://my-runs

A folder that is no run stands for the runs in it. Of each run: its state and
how long that is ago, steps, starts (how often it was begun or resumed), what
happened to it, the last checkpoint, devices, images a second, and its last
evaluation. Reads config.json, events.jsonl and metrics.jsonl; JAX is not
needed. A run is called silent if it said nothing for --silent minutes.
"""

import json
import pathlib
import sys
import time

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import app, flags  # noqa: E402

JSON = flags.DEFINE_bool('json', False, 'One JSON object a run.')
SILENT = flags.DEFINE_float('silent', 30., 'Minutes.')
ENDS = ('finished', 'preempted', 'left', 'failed', 'stalled')
SHOWN = 3    # numbers of an evaluation in the table


def look(workdir: pathlib.Path | str, silent: float, now: float | None = None
         ) -> dict:
  """What is known of a run.

  Args:
    workdir: of the run.
    silent: minutes after which a run that goes on is called silent.
    now: seconds since 1970.

  Returns:
    JSON: run, state, age (seconds), step, steps, starts, faults, saved,
    devices, speed, metrics.
  """
  from gans_jax import events, metrics, remote
  now = time.time() if now is None else now
  with remote.Place(workdir, ('*.json', '*.jsonl'), writes=False) as place:
    config = json.loads((place.folder / 'config.json').read_text())
    happened = events.read(place.folder)
    rows = metrics.read_rows(place.folder)
  trained = [r for r in rows if r['kind'] == 'train']
  scored = [r for r in rows if r['kind'] == 'eval']
  last = max([e['time'] for e in happened] + [r['time'] for r in rows] + [0.])
  step = max([r['step'] for r in trained[-1:]]
             + [e['step'] for e in happened[-1:]] + [0])
  if happened:
    state = happened[-1]['event']
    state = state if state in ENDS else 'running'
  else:      # of a version that wrote no events
    state = 'finished' if step >= config['steps'] else 'unknown'
  if state == 'running' and now - last > 60 * silent:
    state = 'silent'
  count = lambda *kinds: sum(e['event'] in kinds for e in happened)
  of = lambda kind, key: next(
      (e[key] for e in reversed(happened) if e['event'] == kind and key in e),
      None)
  return dict(
      run=str(workdir), state=state, age=round(now - last) if last else None,
      step=step, steps=config['steps'], starts=count('started'),
      faults={k: count(k) for k in ('preempted', 'nan', 'rolled_back',
                                    'stalled', 'left', 'failed') if count(k)},
      saved=of('saved', 'step'), devices=of('started', 'devices'),
      speed=trained[-1]['values'].get('speed/img_per_s') if trained else None,
      metrics=scored[-1]['values'] if scored else {})


def table(found: list[dict]) -> str:
  """The runs as lines of equal columns."""
  rows = [('run', 'state', 'ago', 'step', '', 'starts', 'saved', 'devices',
           'img/s', 'happened', 'last evaluation')]
  for f in found:
    rows.append((
        f['run'], f['state'], ago(f['age']), f'{f["step"]}/{f["steps"]}',
        f'{100 * f["step"] / f["steps"]:.0f}%', str(f['starts']),
        blank(f['saved']), blank(f['devices']),
        '-' if f['speed'] is None else f'{f["speed"]:.4g}',
        ' '.join(f'{k}:{n}' for k, n in f['faults'].items()) or '-',
        ' '.join(f'{k}={v:.4g}' for k, v in list(f['metrics'].items())[:SHOWN])
        or '-'))
  widths = [max(map(len, column)) for column in zip(*rows)]
  return '\n'.join('  '.join(
      cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
      for row in rows)


def blank(x) -> str:
  return '-' if x is None else str(x)


def ago(seconds: float | None) -> str:
  """'40s', '12m', '5h', '3d'."""
  if seconds is None:
    return '-'
  for unit, size in (('d', 86400), ('h', 3600), ('m', 60)):
    if seconds >= 2 * size:
      return f'{seconds / size:.0f}{unit}'
  return f'{seconds:.0f}s'


def runs(paths: list[str]) -> list[pathlib.Path | str]:
  """The runs that are meant, each once; those in buckets by their URLs."""
  from gans_jax import buckets
  out = {}
  for path in paths:
    if buckets.is_url(path):
      found = [name.split('/') for name in buckets.Store(path).find()]
      out |= dict.fromkeys(buckets.join(path, *parts[:-1]) for parts in sorted(
          found) if len(parts) <= 2 and parts[-1] == 'config.json')
      continue
    path = pathlib.Path(path)
    here = [path] if (path / 'config.json').exists() else sorted(
        p.parent for p in path.glob('*/config.json'))
    out |= dict.fromkeys(here)
  return list(out)


def main(argv):
  from gans_jax import errors
  try:
    found = [look(path, SILENT.value) for path in runs(argv[1:])]
  except errors.ConfigError as e:    # of a bucket
    print(f'error: {e}', file=sys.stderr)
    sys.exit(2)
  if not found:
    print('error: no runs in '
          f'{" ".join(argv[1:]) or "nothing: name workdirs"}', file=sys.stderr)
    sys.exit(2)
  if JSON.value:
    for row in found:
      print(json.dumps(row))
  else:
    print(table(found))


def run():
  app.run(main)


if __name__ == '__main__':
  run()
