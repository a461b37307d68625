"""All asked metrics in one pass over the samples.

Each batch is drawn once and seen by each feature network once, whoever asks;
evaluators take from it what they want, and give their numbers at the end.
"""

import dataclasses
import json
import pathlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import jax
import numpy as np

from gans_jax import errors, files, images, sharding
from gans_jax.data.spec import Batch, Source, Spec
from gans_jax.eval import cache
from gans_jax.eval.features.extractor import View
from gans_jax.eval.reference import Reference, check_alike

Values = dict[str, float]
LOOK = 64             # pictures that are looked at together, or more
PICTURES = 'uint8'    # key of the pictures as they would be saved


class Accumulator(Protocol):
  """Takes in samples, and gives numbers at the end."""

  def add(self, part: Mapping[Any, np.ndarray]) -> None:
    """Takes in a batch: 'x', 'y' if there are labels, and what is wanted."""
    ...

  def result(self) -> Values:
    """The numbers, of all that was taken in."""
    ...


class Collect:
  """Keeps what is wanted of every batch, and scores it at once."""

  def __init__(self, keys: Sequence[Any], score: Callable[[dict], Values]):
    self._keys, self._score = keys, score
    self._parts: dict[Any, list[np.ndarray]] = {}

  def add(self, part: Mapping[Any, np.ndarray]) -> None:
    for key in self._keys:
      if key in part:
        self._parts.setdefault(key, []).append(part[key])

  def result(self) -> Values:
    return self._score({k: np.concatenate(v) for k, v in self._parts.items()})


class Probe(NamedTuple):
  """What metrics look at that need the game itself, not only samples.

  `state` has averaged params in their places, and is that of one run.
  """

  game: Any
  state: Any
  source: Source
  key: jax.Array
  stage: Any = None


@dataclasses.dataclass(frozen=True)
class Evaluator:
  """Scores samples, or a game.

  Attributes:
    name: of the evaluator.
    n: samples it takes.
    spec: of the data.
    protocol: how the numbers are found, in values JSON has; the same protocol
      means that they can be compared.
    start: makes what takes in samples; None for one that probes.
    wants: besides 'x' and 'y': views, or PICTURES.
    real: whose features of the same views are compared with.
    n_real: how many of them; None: all.
    probe: game -> numbers, for metrics that need more than samples.
  """

  name: str
  n: int
  spec: Spec
  protocol: dict[str, Any]
  start: Callable[[], Accumulator] | None = None
  wants: tuple[Any, ...] = ()
  real: Reference | None = None
  n_real: int | None = None
  probe: Callable[[Probe], Values] | None = None

  def __call__(self, draw: Callable[[int], Batch]) -> Values:
    """The scores of what `draw` gives; see `run`."""
    return run({self.name: self}, draw)[self.name]

  def stamp(self, draw: Callable[[int], Batch]) -> dict[str, Any]:
    """The protocol of `self(draw)`: with what `draw` says of itself, too.

    A probe plays the game itself, as it was trained: of how samples would be
    drawn only averaged params (`Probe.state`) and the stage reach it.
    """
    drawn = getattr(draw, 'protocol', {})
    if self.probe is not None and self.start is None:
      drawn = {k: v for k, v in drawn.items() if k in ('ema', 'stage')}
    return {**self.protocol, **drawn}


class Store:
  """What a pass has found so far, so that a killed one goes on from there.

  On several processes one writes, and all go on from what all can read.
  """

  def __init__(self, folder: files.PathLike, key: Mapping[str, Any]):
    """`key` is all that the features depend on."""
    text = json.dumps(key, sort_keys=True, default=str).encode()
    name = cache.digest(dict(key=np.frombuffer(text, np.uint8)))[:16]
    self.folder = pathlib.Path(folder) / name

  def load(self, i: int) -> dict[str, np.ndarray] | None:
    """The features of batch `i`, if they are there."""
    found = cache.load(self.folder / f'{i:06d}.npz')
    return found[0] if sharding.all_agree(found is not None) else None

  def save(self, i: int, arrays: Mapping[str, np.ndarray]) -> None:
    """Keeps the features of batch `i`."""
    if sharding.is_main():
      cache.save(self.folder / f'{i:06d}.npz', arrays, {})

  def clear(self) -> None:
    """Removes all of them, and the folder if nothing else is in it."""
    if not sharding.is_main():
      return
    shutil.rmtree(self.folder, ignore_errors=True)
    if self.folder.parent.is_dir() and not any(self.folder.parent.iterdir()):
      self.folder.parent.rmdir()


def run(evaluators: Mapping[str, Evaluator], draw, *,
        probe: Probe | None = None, store: Store | None = None,
        progress: Callable[[int, int], None] = lambda done, all: None
        ) -> dict[str, Values]:
  """The numbers of all evaluators, by label.

  Args:
    evaluators: by label.
    draw: a `sampler.Draw`, `pictures.FromSource`, or any function n -> samples.
    probe: the game, for evaluators that need it.
    store: where features are kept until the pass is over.
    progress: called with how many samples are done, of how many.

  Raises:
    ConfigError: an evaluator needs the game, and there are only samples; or
      samples that can't be compared with the data, are fewer than were asked
      for, or not finite.
  """
  passes = {k: e for k, e in evaluators.items() if e.start is not None}
  out = {}
  if passes:
    out |= _one_pass(passes, draw, store, progress)
  for label, evaluator in evaluators.items():
    if evaluator.probe is not None:
      if probe is None:
        raise errors.ConfigError(
            f'{evaluator.name} needs the game that makes the samples: give '
            'the --workdir of a run, not files')
      out[label] = _floats(evaluator.probe(probe))
  return {label: out[label] for label in evaluators}


def _one_pass(evaluators, draw, store, progress):
  for real in {id(e.real): e.real for e in evaluators.values()
               if e.real is not None}.values():
    by_n: dict[int | None, list[View]] = {}
    for e in evaluators.values():
      if e.real is real:
        by_n.setdefault(e.n_real, []).extend(_views(e))
    for n, views in by_n.items():
      real.prepare(views, n)
  accumulators = {label: e.start() for label, e in evaluators.items()}
  views = list(dict.fromkeys(v for e in evaluators.values() for v in _views(e)))
  pictures = bool(views) or any(
      PICTURES in e.wants for e in evaluators.values())
  # Kept features are enough where nobody looks at the samples themselves.
  if not views:
    store = None
  seen = any(len(_views(e)) < len(e.wants) or not e.wants
             for e in evaluators.values())
  total, done, i = max(e.n for e in evaluators.values()), 0, 0
  spec = next(iter(evaluators.values())).spec
  while done < total:
    kept = store.load(i) if store else None
    if kept is None:
      part = _look(_draw(draw, i, total, evaluators), views, pictures, spec)
      if store:
        store.save(i, {_name(k): v for k, v in part.items()
                       if k not in ('x', PICTURES)})
    else:
      part = _look(_draw(draw, i, total, evaluators), (), pictures, spec
                   ) if seen else {}
      names = {_name(v): v for v in views}
      part |= {names.get(k, k): v for k, v in kept.items()}
    size = len(next(iter(part.values())))
    if not size:
      raise errors.ConfigError(
          f'{total} samples are needed, and there are {done}')
    for label, evaluator in evaluators.items():
      take = min(size, evaluator.n - done)
      if take > 0:
        _named(label, accumulators[label].add, (
            part if take == size else {k: v[:take] for k, v in part.items()}))
    done, i = done + size, i + 1
    progress(min(done, total), total)
  out = {label: _floats(_named(label, a.result))
         for label, a in accumulators.items()}
  if store:
    store.clear()
  return out


def _views(evaluator):
  return [v for v in evaluator.wants if isinstance(v, View)]


def _name(key):
  return (f'{key.extractor.key}/{key.tap}' if isinstance(key, View) else key)


def _draw(draw, i, total, evaluators) -> Batch:
  if hasattr(draw, 'part'):
    # Networks look at LOOK pictures at a time, and small batches fill that up.
    size = draw.batch_size
    group = max(1, LOOK // size)
    parts = [draw.part(k, total) for k in range(i * group, (i + 1) * group)
             if k == i * group or k * size < total]
    batch = jax.tree.map(lambda *x: np.concatenate(x), *parts)
  else:
    if i:
      return {'x': np.zeros((0,))}
    batch = draw(total)
    for e in evaluators.values():
      if (have := len(next(iter(batch.values())))) < e.n:
        raise errors.ConfigError(
            f'{e.name} needs {e.n} samples, and there are {have}')
  return dict(batch)


def _look(batch: Batch, views: Sequence[View], pictures: bool, spec: Spec
          ) -> dict[Any, np.ndarray]:
  """The batch with its pictures, and with what the networks see in them."""
  if not pictures or not len(x := np.asarray(batch['x'])):
    return batch
  check_alike(spec, x.shape[1:])
  if not np.isfinite(x).all():
    raise errors.ConfigError('samples are nan or infinite')
  batch[PICTURES] = images.to_uint8(x, spec.range)
  taps: dict[Any, list[str]] = {}
  for view in views:
    taps.setdefault(view.extractor, []).append(view.tap)
  for extractor, names in taps.items():
    for tap, found in extractor(batch[PICTURES], names).items():
      batch[View(extractor, tap)] = found
  return batch


def _named(label: str, do: Callable[..., Any], *args: Any) -> Any:
  """`do(*args)`; what a measure refuses is a mistake in what it was given."""
  try:
    return do(*args)
  except ValueError as error:
    raise errors.ConfigError(f'{label}: {error}') from error


def _floats(values: Mapping[str, Any]) -> Values:
  return {k: float(v) for k, v in values.items()}
