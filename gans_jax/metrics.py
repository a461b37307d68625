"""What a run says about itself: console, metrics.jsonl, TensorBoard, pictures.

One row of metrics.jsonl is one JSON object on one line, strictly: nan is
written as null, infinities as the strings "inf" and "-inf". `read_rows` turns
them back into floats. Rows are

    {"kind": "train", "step", "time", "values": {name: number}}
    {"kind": "eval", "step", "time", "evaluator", "ema", "values", "protocol"}

with `time` in seconds since 1970. Where several seeds train in one program a
row also has "seeds": {name: [number of each]}, and "values" holds their means.
"""

import dataclasses
import json
import math
import os
import pathlib
import re
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import numpy as np

from gans_jax import console, files, images, remote

ROWS = 'metrics.jsonl'
FOLLOWED = 'followed.jsonl'    # eval rows of another process: a writer a file
_PICTURE = re.compile(r'(?:(?P<name>.+)_)?(?P<step>\d{8,})\.png')


class NanMean:
  """Running means of named numbers, in which nan does not count.

  A lazy move that was skipped logs nan. The leading axis of an array is
  averaged (the rounds of a dispatch), others are kept (seeds). Infinities
  count.
  """

  def __init__(self):
    self._sums, self._counts = {}, {}

  def update(self, values: Mapping[str, Any]) -> None:
    """Adds numbers, or arrays `[rounds, ...]`."""
    for name, value in values.items():
      value = np.atleast_1d(np.asarray(value, np.float64))
      valid = ~np.isnan(value)
      self._sums[name] = (
          self._sums.get(name, 0.) + np.where(valid, value, 0.).sum(0))
      self._counts[name] = self._counts.get(name, 0) + valid.sum(0)

  def compute(self) -> dict[str, Any]:
    """The means: floats, or arrays of the kept axes; nan where none counted."""
    out = {}
    for name, total in self._sums.items():
      count = self._counts[name]
      mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
      out[name] = mean if mean.ndim else float(mean)
    return out

  def state(self) -> dict[str, Any]:
    """What was added so far, as JSON can hold it."""
    return {name: [np.asarray(total).tolist(),
                   np.asarray(self._counts[name]).tolist()]
            for name, total in self._sums.items()}

  def restore(self, state: Mapping[str, Any]) -> None:
    """Goes on from what `state` gave."""
    self._sums = {k: np.asarray(total) for k, (total, _) in state.items()}
    self._counts = {k: np.asarray(count) for k, (_, count) in state.items()}

  def reset(self) -> None:
    """Forgets all."""
    self._sums, self._counts = {}, {}


class Writer:
  """Writes a run's metrics and pictures into its workdir and on the console.

  On resume everything that a lost run wrote after `start_step` goes: rows,
  pictures, and, hidden by TensorBoard, its events.

  Args:
    workdir: folder of the run; made if missing.
    start_step: step that the run goes on from; 0 for a new one.
    total_steps: last step of the run.
    main: False on every host but one; nothing is written there.
    progress: show a bar, or lines if `stream` is not a terminal.
    tensorboard: write event files.
    stream: where progress is shown; stderr by default.
  """

  def __init__(self, workdir: files.PathLike, start_step: int,
               total_steps: int, main: bool = True, progress: bool = True,
               tensorboard: bool = True, stream: TextIO | None = None):
    self.workdir = pathlib.Path(workdir)
    self.main = main
    self._console = self._tensorboard = None
    if not main:
      return
    self.workdir.mkdir(parents=True, exist_ok=True)
    drop_after(self.workdir, start_step)
    if tensorboard:
      self._tensorboard = self._events(start_step + 1)
    if progress:
      self._console = console.Console(start_step, total_steps, stream)

  def __enter__(self) -> 'Writer':
    return self

  def __exit__(self, *exc) -> None:
    self.close()

  def train(self, step: int, values: Mapping[str, Any]) -> None:
    """Writes a row of training metrics, such as means since the last row.

    Args:
      step: rounds played.
      values: by name a number, or an array `[S]` with one of each seed.
    """
    if self.main:
      row = dict(kind='train', step=int(step), time=time.time(),
                 **_numbers(values))
      append(self.workdir, row)
      self._scalars(step, row['values'])

  def eval(self, step: int, evaluator: str, values: Mapping[str, Any],
           protocol: Mapping[str, Any], ema: bool) -> None:
    """Writes a row of an evaluator's numbers with how they were taken.

    Args:
      step: rounds played.
      evaluator: its label.
      values: by name a number, or an array `[S]` with one of each seed.
      protocol: whatever must be the same for two numbers to be compared.
      ema: whether averaged params made the samples.
    """
    if self.main:
      row = eval_row(step, evaluator, values, protocol, ema)
      append(self.workdir, row)
      self._scalars(step, row['values'], '' if ema else '_no_ema')
      self.print(f'step {step}, {evaluator}{"" if ema else " without ema"}: '
                 + console.join(row['values']))

  def image(self, step: int, name: str, array: Any) -> None:
    """Writes uint8 `[H, W, 3]` as samples/<name>_<step>.png and to TensorBoard.

    The grid of the fixed z is called 'samples', its file samples/<step>.png.
    """
    if self.main:
      images.save_png(picture_path(self.workdir, step, name), array)
      if self._tensorboard:
        self._tensorboard.add_image(name, array, int(step), dataformats='HWC')
        self._tensorboard.flush()

  def progress(self, step: int, text: Mapping[str, Any]) -> None:
    """Shows the step and, beside it, a few numbers such as losses and img/s."""
    if self._console:
      self._console.show(int(step), console.join(text))

  def print(self, text: str) -> None:
    """Prints a line, above the bar if there is one."""
    if self._console:
      self._console.print(text)

  def roll(self, size: int = 2 ** 24) -> None:
    """Goes on in another event file once this one has `size` bytes.

    A bucket takes files whole: what is full need not be sent again.
    """
    if self._tensorboard and max(
        (p.stat() for p in (self.workdir / 'tensorboard').iterdir()),
        key=lambda s: s.st_mtime_ns).st_size >= size:
      self._tensorboard.close()
      self._tensorboard = self._events()

  def close(self) -> None:
    """Flushes and closes; may be called again."""
    if self._console:
      self._console.close()
    if self._tensorboard:
      self._tensorboard.close()
    self._console = self._tensorboard = None

  def _events(self, purge_step=None):
    import tensorboardX  # here: a run without it need not have it
    # Event files are named by the second: a quick restart would overwrite.
    return tensorboardX.SummaryWriter(
        str(self.workdir / 'tensorboard'), purge_step=purge_step,
        filename_suffix=f'.{os.getpid()}.{time.monotonic_ns()}')

  def _scalars(self, step, values, suffix=''):
    if self._tensorboard:
      for name, value in values.items():
        if math.isfinite(value):
          self._tensorboard.add_scalar(name + suffix, value, int(step))
      self._tensorboard.flush()


def append(workdir: files.PathLike, row: Mapping[str, Any], name: str = ROWS
           ) -> None:
  """Appends a row to metrics.jsonl, or another file, in one write."""
  files.append_line(pathlib.Path(workdir) / name, json.dumps(
      _plain(row), allow_nan=False, separators=(',', ':')))


def eval_row(step: int, evaluator: str, values: Mapping[str, Any],
             protocol: Mapping[str, Any], ema: bool) -> dict[str, Any]:
  """A row of an evaluation, to be given to `append`."""
  return dict(kind='eval', step=int(step), time=time.time(),
              evaluator=evaluator, ema=bool(ema), **_numbers(values),
              protocol=dict(protocol))


def read_rows(workdir: files.PathLike) -> list[dict[str, Any]]:
  """The rows of metrics.jsonl and followed.jsonl by step, each once.

  Of rows of one kind, step, evaluator, EMA and protocol the last one written
  holds: a run that was killed between its checkpoint and its next step writes
  some again. A line cut short is left out, with a warning if it is not the
  last.
  """
  rows = {}
  with remote.Place(workdir, (ROWS, FOLLOWED), writes=False) as place:
    found = *lines(place.folder / FOLLOWED), *lines(place.folder / ROWS)
  for _, row in found:
    key = (row['kind'], row['step'], row.get('evaluator'), row.get('ema'),
           json.dumps(row.get('protocol'), sort_keys=True))
    row['values'] = {k: _float(v) for k, v in row['values'].items()}
    if 'seeds' in row:
      row['seeds'] = {k: list(map(_float, v)) for k, v in row['seeds'].items()}
    rows.pop(key, None)
    rows[key] = row
  return sorted(rows.values(), key=lambda row: row['step'])


def drop_after(workdir: files.PathLike, step: int) -> None:
  """Removes the rows and pictures of steps after `step`, and broken lines."""
  workdir = pathlib.Path(workdir)
  path = workdir / ROWS
  if path.exists():
    kept = b''.join(
        line + b'\n' for line, row in lines(path) if row['step'] <= step)
    if kept != path.read_bytes():
      files.write_atomic(path, kept)
  for picture in (workdir / 'samples').glob('*.png'):
    match = _PICTURE.fullmatch(picture.name)
    if match and int(match['step']) > step:
      picture.unlink()


def picture_path(workdir: files.PathLike, step: int,
                 name: str = 'samples') -> pathlib.Path:
  """Where a picture of a step lies."""
  stem = f'{int(step):08d}' if name == 'samples' else f'{name}_{int(step):08d}'
  return pathlib.Path(workdir) / 'samples' / f'{stem}.png'


def pictures(workdir: files.PathLike,
             name: str = 'samples') -> list[tuple[int, pathlib.Path]]:
  """The pictures called `name` of a run: (step, path), by step."""
  found = []
  for path in (pathlib.Path(workdir) / 'samples').glob('*.png'):
    match = _PICTURE.fullmatch(path.name)
    if match and (match['name'] or 'samples') == name:
      found.append((int(match['step']), path))
  return sorted(found)


@dataclasses.dataclass(frozen=True)
class Summary:
  """One metric of one evaluator under one protocol over a run.

  `mean` and `std` (of the population) are over the last `k` evaluations; `best`
  is None where it is not known whether higher or lower is better.
  """
  name: str
  evaluator: str
  ema: bool
  protocol: dict[str, Any]
  direction: str | None  # 'higher', 'lower'
  count: int
  final: float
  final_step: int
  best: float | None
  best_step: int | None
  mean: float
  std: float
  k: int


HIGHER = frozenset((
    'modes', 'high_quality', 'hq', 'quality', 'precision', 'recall', 'density',
    'coverage', 'accuracy', 'acc', 'agree', 'cls_agree', 'confidence',
    'entropy', 'is', 'inception_score', 'psnr', 'ssim', 'likelihood',
    'log_likelihood', 'valid', 'diversity'))
LOWER = frozenset((
    'fid', 'kid', 'fd', 'sfid', 'kl', 'js', 'jsd', 'tv', 'mmd', 'emd', 'w1',
    'w2', 'swd', 'distance', 'loss', 'error', 'nll', 'ppl', 'rmse', 'mse',
    'mae', 'mean_error', 'std_error', 'gap', 'lpips', 'missing'))


def direction(name: str,
              directions: Mapping[str, str] | None = None) -> str | None:
  """Whether 'higher' or 'lower' values of a metric are better, if known.

  `directions` decides by the whole name or its part after the last slash. Else
  the words of that part do, the last first: label_entropy ends in entropy. A
  Fréchet distance is named by its features: fd_<classifier> starts with fd.
  Its floor, which real data reach, is a constant.
  """
  leaf = name.split('/')[-1].lower()
  for key in (name, leaf):
    if directions and key in directions:
      return directions[key]
  words = [w for w in leaf.split('_') if not w.isdigit()]  # modes_20
  words = words or [leaf]
  if words[-1] == 'floor':
    return None
  suffixes = ['_'.join(words[i:]) for i in range(len(words))]
  for part in (*suffixes, words[0]):
    if part in LOWER:
      return 'lower'
    if part in HIGHER:
      return 'higher'
  return None


def summary(rows: Sequence[Mapping[str, Any]], k: int = 5,
            directions: Mapping[str, str] | None = None) -> list[Summary]:
  """Final, best, and mean of the last `k` evaluations of each metric.

  Numbers taken with and without EMA, or under different protocols, are kept
  apart. A nan is never best, but shows in `final` and makes `mean` nan.

  Args:
    rows: of `read_rows`.
    k: how many of the last evaluations are averaged, if there are as many.
    directions: metric -> 'higher' or 'lower', over what its name says; an
      evaluator may say it too, in its protocol under 'better'.
  """
  groups = {}
  for row in rows:
    if row['kind'] == 'eval':
      protocol = row.get('protocol') or {}
      for name, value in row['values'].items():
        key = (name, row['evaluator'], row['ema'],
               json.dumps(protocol, sort_keys=True))
        groups.setdefault(key, (protocol, []))[1].append((row['step'], value))
  out = []
  for (name, evaluator, ema, _), (protocol, points) in groups.items():
    better = direction(name, {**(protocol.get('better') or {}),
                              **(directions or {})})
    known = [(v, s) for s, v in points if not math.isnan(v)]
    best = best_step = None
    if better and known:
      sign = 1 if better == 'higher' else -1
      # Of equal values the first to be reached.
      best, best_step = max(known, key=lambda p: (sign * p[0], -p[1]))
    last = np.array([v for _, v in points[-k:]])
    with np.errstate(invalid='ignore'):  # the mean of inf and -inf
      mean, std = float(last.mean()), float(last.std())
    out.append(Summary(
        name, evaluator, ema, protocol, better, len(points), points[-1][1],
        points[-1][0], best, best_step, mean, std, len(last)))
  return out


def lines(path: pathlib.Path):
  """(line, row) of the sound lines of a file, which may not exist."""
  lines = path.read_bytes().split(b'\n') if path.exists() else []
  for i, line in enumerate(lines):
    if not line.strip():
      continue
    try:
      row = json.loads(line)
      sound = (isinstance(row['step'], int) and isinstance(row['kind'], str)
               and isinstance(row['values'], dict))
    except (ValueError, KeyError, TypeError):
      sound = False
    if sound:
      yield line, row
    elif i < len(lines) - 1:  # the last one was being written, no more
      warnings.warn(f'{path}: line {i + 1} is no row and is left out',
                    stacklevel=3)


def _numbers(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
  """`values` of Python floats, and `seeds` where there are several.

  Raises:
    ValueError: for what is neither a number nor numbers `[S]`.
  """
  out, seeds = {}, {}
  for name, value in values.items():
    value = np.asarray(value, np.float64)
    if value.ndim > 1 or not value.size:
      raise ValueError(f'metric {name!r} is a number or one of each seed, got '
                       f'shape {list(value.shape)}')
    if value.ndim:
      seeds[name] = value.tolist()
    with np.errstate(invalid='ignore'):  # the mean of inf and -inf
      out[name] = float(value.mean())
  return dict(values=out, **({'seeds': seeds} if seeds else {}))


def _float(x: Any) -> float:
  return math.nan if x is None else float(x)


def _plain(x: Any) -> Any:
  """What strict JSON can say: see the head of this file."""
  if isinstance(x, Mapping):
    return {str(k): _plain(v) for k, v in x.items()}
  if isinstance(x, (list, tuple)):
    return [_plain(v) for v in x]
  if isinstance(x, (np.ndarray, np.generic)):
    return _plain(x.tolist())
  if isinstance(x, float) and not math.isfinite(x):
    return None if math.isnan(x) else str(x)
  return x
