"""One self-contained HTML page about a run, made from its workdir alone.

It can be made again at any time, during a run too; the same files give the same
page. Nothing on it asks for another file: pictures are base64, curves are
inline SVG, and there is no script.
"""

import json
import pathlib
import shlex
from typing import Any

import numpy as np

from gans_jax import errors, files, metrics
from gans_jax.report_parts import evaluation, page, pictures, settings, training
from gans_jax.report_parts.run import Run

NAME = 'report.html'
SECTIONS = (
    ('samples', 'Samples of a fixed z', pictures.samples),
    ('metrics', 'Metrics and their protocol', evaluation.results),
    ('evaluations', 'Metrics over steps', evaluation.evaluations),
    ('nearest', 'Nearest neighbours', pictures.nearest),
    ('reconstructions', 'Reconstructions', pictures.reconstructions),
    ('traversals', 'Codes that vary', pictures.traversals),
    ('losses', 'Losses', training.losses),
    ('scores', 'Scores on real and generated', training.scores),
    ('curves', 'Other curves', training.others),
    ('config', 'Config', settings.config),
    ('environment', 'Environment', settings.environment),
)
# Those that scores of files have, too.
OF_SAMPLES = ('samples', 'metrics', 'nearest', 'environment')
# Shown only where there are pictures of that name: not every game has them.
SOME = ('reconstructions', 'traversals')


def write(workdir: files.PathLike) -> pathlib.Path:
  """Writes report.html into the workdir of a run.

  Reads config.json, run.json, metrics.jsonl and samples/; only the first must
  be there, and a sentence stands for what is not.

  Args:
    workdir: folder of the run.

  Returns:
    The path of the page.

  Raises:
    errors.ConfigError: the folder holds no run.
  """
  workdir = pathlib.Path(workdir)
  run = load(workdir)
  sections = [s for s in SECTIONS
              if ('samples' not in run.info or s[0] in OF_SAMPLES)
              and (s[0] not in SOME or metrics.pictures(workdir, s[0]))]
  body = head(run, sections) + ''.join(
      page.section(name, title, make(run)) for name, title, make in sections)
  return files.write_atomic(
      workdir / NAME, page.whole(f'{title_of(run)} · gans_jax', body))


def load(workdir: pathlib.Path) -> Run:
  """Reads a workdir; raises errors.ConfigError if it holds no run."""
  path = workdir / 'config.json'
  info = _read(workdir / 'run.json') or {}
  if not path.exists() and 'samples' in info:    # scores of files
    return Run(workdir, {'data': info.get('reference', '')}, info,
               metrics.read_rows(workdir))
  if not path.exists():
    raise errors.ConfigError(
        f'{workdir} holds no run, since {path} does not exist: give the '
        '--workdir of a run of launch/train.py')
  config = _read(path)
  if config is None:
    raise errors.ConfigError(
        f'{path} is not a JSON object: copy it from another run of the same '
        'config, or train again in another --workdir')
  return Run(workdir, config, info, metrics.read_rows(workdir))


def title_of(run: Run) -> str:
  """'dcgan on mnist5k'."""
  data = _name(run.config.get('data'))
  if 'samples' in run.info:
    return f'samples of {run.info["samples"]} against {data}'
  return _name(run.config.get('system')) + (f' on {data}' if data else '')


def head(run: Run, sections=SECTIONS) -> str:
  """Title, status, the numbers of the run, how to go on, links."""
  links = ''.join(f'<a href="#{name}">{page.escape(title)}</a>'
                  for name, title, _ in sections)
  if 'samples' in run.info:
    return (f'<header><h1>{page.escape(title_of(run))}</h1><nav>{links}</nav>'
            '</header>\n')
  step, total = _steps(run), run.config.get('steps')
  total = total if isinstance(total, int) else None
  done = total is not None and step >= total
  status = ('finished' if done else 'not finished' if step else
            'no step logged yet')
  seconds, how = _seconds(run)
  counts = run.info.get('parameters')
  speed = [r['values']['speed/img_per_s'] for r in run.rows
           if 'speed/img_per_s' in r['values']]
  speed = [s for s in speed if np.isfinite(s)]
  seeds, seed = run.config.get('seeds', 1), run.config.get('seed')
  tiles = {
      'system': _name(run.config.get('system')),
      'data': _name(run.config.get('data')),
      'steps': page.number(step) + (f' of {page.number(total)}' if total
                                    else ''),
      'device': run.info.get('device'),
      'median speed': f'{page.number(float(np.median(speed)))} img/s' if speed
                      else None,
      f'wall time{how}': None if seconds is None else page.duration(seconds),
      'batch': run.config.get('batch'),
      'seed' if seeds == 1 else 'seeds':
          seed if seeds == 1 or not isinstance(seed, int)
          else f'{seed} to {seed + seeds - 1}',
      'parameters': ' · '.join(
          f'{k} {page.number(n)}' for k, n in counts.items())
          if isinstance(counts, dict) else None,
      'started': run.info.get('started'),
  }
  tiles = ''.join(
      f'<div><small class="soft">{page.escape(k)}</small><b>{page.escape(v)}'
      '</b></div>' for k, v in tiles.items() if v not in (None, ''))
  return (f'<header><div class="top"><h1>{page.escape(title_of(run))}</h1>'
          f'<span class="pill {"good" if done else "bad"}">{status}</span>'
          f'</div><div class="tiles">{tiles}</div>{_resume(run, done)}'
          f'<nav>{links}</nav></header>\n')


def _resume(run: Run, done: bool) -> str:
  command = run.info.get('command')
  if isinstance(command, str) and command:
    if command.split(' --')[0].strip('\'"').endswith('.py'):
      command = f'python {command}'
  else:
    command = ('python launch/train.py --config configs/NAME.py '
               f'--workdir {shlex.quote(str(run.workdir))}')
  if done:
    text = 'To train on, more steps than now:'
    command += ' --config.steps=N'
  else:
    text = 'The same command goes on from the newest sound checkpoint:'
  return f'<p>{text}</p><pre>{page.escape(command)}</pre>'


def _steps(run: Run) -> int:
  steps = [row['step'] for row in run.rows]
  if isinstance(run.info.get('step'), int):
    steps.append(run.info['step'])
  return max(steps, default=0)


def _seconds(run: Run) -> tuple[float | None, str]:
  """Time that the run took, and how it is known."""
  if isinstance(run.info.get('seconds'), (int, float)):
    return run.info['seconds'], ''
  times = [row['time'] for row in run.rows
           if isinstance(row.get('time'), (int, float))]
  if len(times) < 2:
    return None, ''
  return max(times) - min(times), ', first to last row'


def _name(section: Any) -> str:
  """'mnist5k' of {'name': 'mnist5k', ...} or of the name itself."""
  if isinstance(section, dict):
    section = section.get('name', '')
  return str(section or '')


def _read(path: pathlib.Path) -> dict | None:
  """A JSON object, or None for anything else."""
  try:
    found = json.loads(path.read_text())
  except (OSError, ValueError):
    return None
  return found if isinstance(found, dict) else None
