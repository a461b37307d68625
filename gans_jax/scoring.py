"""Scores of a finished run, or of pictures from files: launch/eval.py's work.

Each writes rows to metrics.jsonl and makes the report anew.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from gans_jax import (
    buckets, console, environment, errors, evaluation, experiment, files,
    images, metrics, remote, report, sharding)
from gans_jax.eval import asked, neighbours, onepass, pictures
from gans_jax.eval.reference import check_alike
from gans_jax.eval.sampler import Mode

STORE = 'evaluating'    # folder of a workdir, while an evaluation goes on
USUAL = 'fid,kid,inception_score,precision_recall'


def of_run(workdir: files.PathLike, step: int | None = None,
           what: str | None = None, n: int | None = None,
           said: Mapping[str, Any] | None = None, progress: bool = True
           ) -> None:
  """Scores a run.

  Args:
    workdir: of a run.
    step: of a checkpoint; None: the newest sound one.
    what: metrics, see `asked.parse`; None: those of the config.
    n: samples, over what the config says.
    said: 'ema' and fields of `sampler.Mode`, over what the config says.
    progress: show a bar.

  Raises:
    ConfigError: no such run, step, metric or mode.
  """
  with remote.Place(workdir, writes=sharding.is_main()) as place:
    scorer(place, what, n, said, progress)(step)
    if sharding.is_main():
      report.write(place.folder)


def scorer(place: remote.Place, what: str | None = None,
           n: int | None = None, said: Mapping[str, Any] | None = None,
           progress: bool = True, rows: str | None = None
           ) -> Callable[[int | None], int]:
  """A function that scores steps of a run: of one, or the newest; -> step.

  Args as `of_run`; `rows` is the file of the workdir that they go to. In a
  bucket the run may be sending a metrics.jsonl of its own: it is FOLLOWED.
  """
  rows = rows or (metrics.FOLLOWED if place.is_remote else metrics.ROWS)
  exp = experiment.build(experiment.load(place.root))
  mesh = sharding.make_mesh(exp.config['seeds'])
  known = {k: experiment.evaluator(k, e)
           for k, e in exp.config['evals'].items()}
  entries = known if what is None else asked.parse(what, known)
  if not entries:
    raise errors.ConfigError(
        f'the config of {place.root} names no evaluators: say --metrics, such '
        'as --metrics=kid:extractor=efficientnet_lite0,n=2000')
  groups: dict[tuple[bool, Mode], asked.Entries] = {}
  for label, entry in entries.items():
    ema, mode = (experiment.mode(exp.config, label)
                 if label in exp.config['evals'] else (True, Mode()))
    more = dict(said or {})
    ema = more.pop('ema', ema)
    mode = mode._replace(**more)
    mode.check(exp.source.spec)
    groups.setdefault((ema, mode), {})[label] = entry
  made = asked.make(entries, exp.source, n)
  judge = evaluation.Evaluation(exp, mesh)

  def score(step: int | None) -> int:
    with experiment.checkpoints(exp, place.root) as saved:
      restored = experiment.restore(exp, saved, mesh, step)
    if restored is None:
      raise errors.ConfigError(f'{place.root} holds no checkpoint yet')
    step, state, _ = restored
    for (ema, mode), group in groups.items():
      with _Bar(progress) as bar:
        found = list(judge.run(
            {k: made[k] for k in group}, state, step, ema, mode,
            store=place.folder / STORE, progress=bar.show))
      if sharding.is_main():
        for label, values, protocol in found:
          metrics.append(place.folder, metrics.eval_row(
              step, label, values, protocol, protocol['ema']), rows)
    return step

  return score


def of_samples(samples: str, reference: str, workdir: files.PathLike,
               what: str | None = None, n: int | None = None,
               said: Mapping[str, Any] | None = None, progress: bool = True
               ) -> None:
  """Scores pictures that any code has made.

  Args:
    samples: see `pictures.open_source`.
    reference: the real pictures, likewise.
    workdir: for rows and report; made if missing.
    what: metrics, see `asked.parse`; None: USUAL.
    n: samples; None: what each metric takes, or all there are.
    said: how the samples were drawn, as far as is known: written into the
      protocol, since they don't tell.
    progress: show a bar.

  Raises:
    ConfigError: pictures that can't be read, or not compared; a workdir that
      holds a run, or scores of other samples; no such metric.
  """
  with remote.Place(workdir, writes=sharding.is_main()) as place:
    _of_samples(samples, reference, place, what, n, said, progress)


def _of_samples(samples, reference, place, what, n, said, progress) -> None:
  workdir = place.folder
  fake, real = (pictures.open_source(where) for where in (samples, reference))
  check_alike(real.spec, fake.spec.shapes['x'])
  made = asked.make(asked.parse(what or USUAL, {}), real, n, len(fake))
  key = dict(samples=stamp(samples), reference=stamp(reference))
  info = _check_workdir(place, samples, reference)
  draw = pictures.FromSource(fake, said, real.spec)
  total = max(e.n for e in made.values())
  with _Bar(progress) as bar:
    found = onepass.run(
        made, draw, store=onepass.Store(workdir / STORE, dict(key, n=total)),
        progress=bar.show)
  if not sharding.is_main():
    return
  files.write_atomic(workdir / 'run.json', json.dumps(info, indent=2))
  for label, values in found.items():
    metrics.append(workdir, metrics.eval_row(
        0, label, {f'{label}/{k}': v for k, v in values.items()},
        made[label].stamp(draw), bool((said or {}).get('ema'))))
  _draw_pictures(workdir, draw(min(64, len(fake)))['x'], real)
  report.write(workdir)


def stamp(where: str) -> str:
  """Tells files from others by names, sizes and times; a name by itself."""
  path = buckets.cached(where).expanduser()
  found = sorted(path.rglob('*')) if path.is_dir() else [path]
  rows = [(str(p), s.st_size, s.st_mtime_ns) for p in found if p.exists()
          for s in (p.stat(),)]
  return hashlib.sha256(repr((str(where), rows)).encode()).hexdigest()


class _Bar:
  """A progress bar that knows its end once it is told."""

  def __init__(self, on: bool):
    self._on = on and sharding.is_main()
    self._bar = None

  def __enter__(self) -> '_Bar':
    return self

  def __exit__(self, *exc) -> None:
    if self._bar:
      self._bar.close()

  def show(self, done: int, total: int) -> None:
    """`done` samples of `total` have been seen."""
    if self._on:
      self._bar = self._bar or console.Console(0, total, what='sample')
      self._bar.show(done, '')


def _check_workdir(place, samples, reference) -> dict[str, Any]:
  """What run.json will say; ConfigError if the folder is another's."""
  workdir = place.folder
  if place.has(experiment.CONFIG):
    raise errors.ConfigError(
        f'{place.root} holds a run: scores of files need a --workdir of their '
        'own')
  path = workdir / 'run.json'
  pair = dict(samples=str(samples), reference=str(reference))
  if path.exists():
    was = json.loads(path.read_text())
    if {k: was.get(k) for k in pair} != pair:
      raise errors.ConfigError(
          f'{place.root} holds scores of {was.get("samples")} against '
          f'{was.get("reference")}: choose another --workdir')
  workdir.mkdir(parents=True, exist_ok=True)
  return dict(environment.describe(), **pair)


def _draw_pictures(workdir, x, real) -> None:
  """A grid of x, and the nearest real ones of the first, both in one range."""
  images.save_png(metrics.picture_path(workdir, 0), images.grid(
      images.to_uint8(x, real.spec.range)))
  images.save_png(
      metrics.picture_path(workdir, 0, 'nearest'),
      neighbours.nearest_picture(x[:10], real, real.spec.range))
