"""Checkpoints of a run: Orbax, a checksum a leaf, and the newest sound step.

Orbax writes a step to a temporary directory and renames it when it is whole,
so that a process killed in the middle of a save leaves the step before it.
What Orbax doesn't notice is damage done afterwards: a flipped byte restores
as wrong values, and an empty directory with an integer name is its "latest
step". Hence the record beside each state (`gans_jax.records`). A step is
restored only if all of it agrees with its record; otherwise the one before it
is tried, with a loud warning. Nothing is ever deleted for being damaged.

On disk `<directory>/<step>/state` is a nested dictionary of plain arrays by
the names of State's fields, `params/g/...`, and `<step>/meta` the record.
Typed PRNG keys are stored as their data. In a bucket a step is whole once it
has a `commit_success.txt`; it is copied here to be read, so that a store that
does not answer is no damaged step.
"""

import itertools
import logging as python_logging
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import flax.traverse_util
import jax
import numpy as np
import orbax.checkpoint as ocp
import tensorstore
from absl import logging
from etils import epath
from jax.experimental import multihost_utils

from gans_jax import buckets, errors, keeping, records, saving, staging

PyTree = Any


class CheckpointError(RuntimeError):
  """A checkpoint can't be written, or none is sound: exit status 1."""


class Checkpointer:
  """Saves and restores the State of one run.

  Making one touches nothing on disk: only `save` does, so readers beside a
  running training (evaluation, sampling) are safe. On several processes every
  method is called by all of them.

  Args:
    directory: where the steps are; a path, or a URL that Orbax can write.
    keep: how many of the newest steps stay.
    keep_every: steps that are multiples of this stay, too; 0: none.
    keep_best: how many of those with the highest scores stay, too.
    asynchronous: whether files are written while training goes on. The
      arrays are copied before `save` returns, so they may be donated.
    frozen: nets that no player owns. They are not saved, and `restore` takes
      them from the State it is given.
  """

  def __init__(self, directory: str | os.PathLike, keep: int = 3,
               asynchronous: bool = True, frozen: Collection[str] = (), *,
               keep_every: int = 0, keep_best: int = 0):
    self.directory = _path(directory)
    self.keep, self.asynchronous = keep, asynchronous
    self.keep_every, self.keep_best = keep_every, keep_best
    self.frozen = frozenset(frozen)
    self._manager: saving.Manager | staging.Manager | None = None
    self._writing: int | None = None     # a step whose files may be under way
    self._score: dict[int, float] = {}   # of the last saved, if it has one
    self._sound: set[int] = set()        # written or verified by us
    self._damaged: set[int] = set()      # passed over by `restore`
    self._threads: set[threading.Thread] = set()   # those before the save
    self._quiet = _Quiet()

  def __enter__(self) -> 'Checkpointer':
    return self

  def __exit__(self, *_) -> None:
    self.close()

  def steps(self) -> list[int]:
    """Steps on disk, oldest first: whole by their names, not yet verified."""
    return _steps(self.directory)

  def latest(self) -> int | None:
    """The newest of `steps()` that isn't known to be damaged, or None."""
    sound = [s for s in self.steps() if s not in self._damaged]
    return sound[-1] if sound else None

  def scores(self) -> dict[int, float]:
    """{step: score} of those on disk that were saved with one."""
    out = {}
    for step in self.steps():
      try:
        with _at_hand(self.directory, f'{step}/meta') as at:
          meta = _read_record(at, step)['meta']
      except records.Unsound:
        continue
      if meta.get('score') is not None:
        out[step] = float(meta['score'])
    return out

  # --- writing ---------------------------------------------------------------

  def save(self, step: int, state: PyTree,
           meta: Mapping[str, Any] | None = None) -> bool:
    """Saves `state` as `step`, and lets go of those that are not to be kept.

    Damaged steps as new as this one are renamed to `<step>.damaged` first:
    Orbax would silently save nothing at or below them.

    Args:
      step: rounds played; above every sound step in the directory.
      state: a pytree of arrays, on any devices.
      meta: what JSON can hold; `restore` gives it back. Its 'score', a number,
        is what `keep_best` goes by.

    Returns:
      Whether it was saved; False if this very step was saved or restored
      before, and so is there already.

    Raises:
      TypeError: a leaf is not an array (a string, an object, a Python number),
        or `meta` is not JSON. Nothing is written.
      CheckpointError: this or the previous asynchronous save failed, say on a
        full disk, or the directory holds sound steps as new as this one.
    """
    leaves = records.leaves(state, self.frozen)
    records.check(leaves, meta)
    self.wait()
    if step in self._sound:
      return False
    self._make_room(step)
    record = records.make(step, leaves, dict(meta or {}))
    # Orbax refuses arrays of size zero; their shape is all there is to them.
    tree = _nest({p: records.data(x) for p, x in leaves.items() if x.size})
    self._threads = set(threading.enumerate())
    score = record['meta'].get('score')
    self._score = {} if score is None else {step: score}
    try:
      done = self._open().save(step, args=ocp.args.Composite(
          state=ocp.args.StandardSave(tree), meta=ocp.args.JsonSave(record)))
    except Exception as e:
      self._fail(step, e)
    if not done:
      raise CheckpointError(f'Orbax did not save step {step} in '
                            f'{self.directory}, which has {self.steps()}')
    self._writing = step
    if not self.asynchronous:
      self.wait()
    return True

  def wait(self) -> None:
    """Waits for the files of the last save; raises CheckpointError."""
    if self._writing is None:
      return
    step = self._writing
    try:
      self._manager.wait_until_finished()
      self._manager.check_for_errors()
    except Exception as e:
      self._fail(step, e)
    self._writing = None
    self._sound.add(step)

  def close(self) -> None:
    """Waits for the last save and ends the threads; raises CheckpointError."""
    try:
      self.wait()
    finally:
      self._drop()
      logging.get_absl_logger().removeFilter(self._quiet)

  def _open(self) -> saving.Manager | staging.Manager:
    if self._manager is None:
      logging.get_absl_logger().addFilter(self._quiet)
      policy = keeping.Kept(self.keep, self.keep_every, self.keep_best,
                            lambda: {**self.scores(), **self._score})
      if os.fspath(self.directory).startswith('s3://'):
        self._manager = staging.Manager(
            os.fspath(self.directory),
            policy)
        return self._manager
      self._manager = saving.Manager(
          self.directory, options=ocp.CheckpointManagerOptions(
              preservation_policy=policy, cleanup_tmp_directories=True,
              enable_async_checkpointing=self.asynchronous,
              # Else a directory that can't be made hangs the exit for 300 s.
              async_options=ocp.AsyncOptions(
                  create_directories_asynchronously=False)))
    return self._manager

  def _drop(self) -> None:
    manager, self._manager, self._writing = self._manager, None, None
    if manager is not None:
      try:
        manager.close()
      except Exception as e:           # it was reported by the failed save
        logging.debug('while closing %s: %s', self.directory, e)

  def _fail(self, step: int, error: Exception) -> None:
    # A manager that failed forgets steps it meant to delete: take a new one.
    self._drop()
    # Its other threads may still write, into what is to be removed now. Idle
    # ones of its pools never end. (Orbax's own `join` raises their errors.)
    deadline = time.monotonic() + 2
    for thread in set(threading.enumerate()) - self._threads:
      if thread is not threading.current_thread():
        while not thread.is_alive() and thread in threading.enumerate():
          time.sleep(.001)    # about to start
        threading.Thread.join(thread, max(0, deadline - time.monotonic()))
    # In a bucket they stay until the next manager removes them.
    if (jax.process_index() == 0 and not buckets.is_url(self.directory)
        and self.directory.is_dir()):
      for path in self.directory.glob(f'{step}.*-tmp*'):   # make room on disk
        try:
          path.rmtree()
        except OSError as e:
          logging.warning('cannot remove %s: %s', path, e)
    try:
      latest = self.latest()
      last = (' There is no earlier checkpoint.' if latest is None else
              f' The last sound checkpoint is step {latest}.')
    except errors.ConfigError:     # the bucket is out of reach
      last = ''
    raise CheckpointError(f'saving step {step} in {self.directory} failed: '
                          f'{errors.line(error)}.{last}') from error

  def _make_room(self, step: int) -> None:
    """Moves damaged steps aside; raises if a sound one is as new as `step`."""
    newer = [s for s in self.steps() if s >= step]
    for other in newer:
      if other not in self._damaged:
        try:
          with _at_hand(self.directory, str(other)) as at:
            record = _read_record(at, other)
            _read_arrays(at, record, record['leaves'])
        except records.Unsound as e:
          logging.warning('DAMAGED CHECKPOINT: step %d in %s: %s.', other,
                          self.directory, e)
        else:
          raise CheckpointError(
              f'{self.directory} already holds step {other}, so step {step} is '
              f'not saved: restore from it, or use another directory')
    aside = sorted(self._damaged.union(newer))
    if not aside:
      return
    self._drop()
    if jax.process_index() == 0:
      for other in aside:
        _set_aside(self.directory, str(other))
    if jax.process_count() > 1:
      multihost_utils.sync_global_devices('gans_jax: damaged steps set aside')
    self._damaged.clear()

  # --- reading ---------------------------------------------------------------

  def restore(self, like: PyTree | Callable[[int], PyTree],
              step: int | None = None) -> tuple[int, PyTree, dict] | None:
    """Restores the newest sound step; changes nothing on disk.

    Args:
      like: a State of arrays or of `jax.ShapeDtypeStruct`s: structure, shapes,
        dtypes and shardings of the result, which may be for other devices than
        those it was saved on. Frozen nets must be arrays. Where the structure
        depends on the step (progressive growing), a function of the step.
      step: this one and no other.

    Returns:
      (step, State, meta), or None if the directory holds no checkpoint.

    Raises:
      CheckpointError: there are checkpoints and none is sound.
      errors.ConfigError: a sound checkpoint is of another structure, or `step`
        isn't there.
    """
    self.wait()
    chosen, problems, result = _newest_sound(
        self.directory, step, lambda at, record: self._read(at, record, like))
    if chosen is None:
      return None
    self._sound.add(chosen)
    self._damaged |= {s for s in problems if s > chosen}
    return chosen, *result

  def _read(self, at: str, record: dict, like: PyTree
            ) -> tuple[PyTree, dict]:
    step = record['step']
    like = like(step) if callable(like) else like
    wanted = records.leaves(like, self.frozen)
    records.check_structure(f'step {step} in {self.directory}', record, wanted)
    arrays = _read_arrays(at, record, wanted)
    leaves = records.leaves(like)
    for path, leaf in leaves.items():
      if path in wanted:
        leaves[path] = _place(arrays.pop(path), leaf, record['keys'].get(path))
      elif isinstance(leaf, jax.ShapeDtypeStruct):
        raise TypeError(f'{path} is of a frozen net, which checkpoints do not '
                        f'hold: restore needs its arrays')
    state = jax.tree.unflatten(jax.tree.structure(like), leaves.values())
    return state, record['meta']


def load_nets(directory: str | os.PathLike,
              names: Collection[str] | None = None, ema: bool = True,
              step: int | None = None) -> dict[str, PyTree]:
  """Loads params of nets from a run's checkpoints, without building its game.

  Only these leaves are read from disk. `load_variables` gives the statistics
  of batch and spectral normalisation beside them.

  Args:
    directory: of the checkpoints, `<workdir>/checkpoints`.
    names: nets; all that were saved by default.
    ema: whether averaged params take the place of a net's own where kept.
    step: the newest sound step by default.

  Returns:
    {net: params} of numpy arrays. A run over seeds has a leading seed axis.

  Raises:
    errors.ConfigError: no checkpoint, no such step, or no such net in it.
    CheckpointError: there are checkpoints and none is sound.
  """
  nets = load_variables(directory, names, ema, step)
  return {name: net.get('params', {}) for name, net in nets.items()}


def load_variables(directory: str | os.PathLike,
                   names: Collection[str] | None = None, ema: bool = True,
                   step: int | None = None) -> dict[str, dict[str, PyTree]]:
  """As `load_nets`, but {net: {'params': ..., 'batch_stats': ..., ...}}.

  That is what a Linen module's `apply` takes as variables.
  """
  directory = _path(directory)

  def read(at: str, record: dict) -> dict[str, dict[str, PyTree]]:
    sources = _net_leaves(record, ema)
    saved = {path.split('/')[0] for path in sources}
    for name in names or ():
      if name not in saved:
        errors.unknown('net in the checkpoint', name, saved)
    sources = {path: source for path, source in sources.items()
               if names is None or path.split('/')[0] in names}
    arrays = _read_arrays(at, record, set(sources.values()))
    return _nest({path: arrays[source] for path, source in sources.items()})

  chosen, _, nets = _newest_sound(directory, step, read)
  if chosen is None:
    raise errors.ConfigError(f'there is no checkpoint in {directory}')
  return nets


def _net_leaves(record: dict, ema: bool) -> dict[str, str]:
  """{'g/params/...': 'ema/g/...'}: where the leaves of each net are."""
  sources = {}
  for field in ('params', 'stats') + ('ema',) * ema:   # the last one wins
    for source in record['leaves']:
      if source.startswith(f'{field}/'):
        net, rest = source.removeprefix(f'{field}/').split('/', 1)
        collection = '' if field == 'stats' else 'params/'
        sources[f'{net}/{collection}{rest}'] = source
  return sources


# --- files -------------------------------------------------------------------


def _newest_sound(directory: epath.Path, step: int | None,
                  read: Callable[[str, dict], Any]
                  ) -> tuple[int | None, dict[int, str], Any]:
  """(step, problems of newer steps, read(at, record)) of the newest sound one.

  `at` is the directory, or a local one with a copy of the step.
  """
  steps = _steps(directory)
  if step is not None and step not in steps:
    raise errors.ConfigError(
        f'there is no checkpoint of step {step} in {directory}; there are: '
        f'{", ".join(map(str, steps)) or "none"}')
  problems: dict[int, str] = {}
  for candidate in reversed(steps if step is None else [step]):
    try:
      with _at_hand(directory, str(candidate)) as at:
        result = read(at, _read_record(at, candidate))
    except records.Unsound as e:
      problems[candidate] = str(e)
      logging.warning('DAMAGED CHECKPOINT: step %d in %s is passed over: %s.',
                      candidate, directory, e)
      continue
    if problems:
      logging.warning('AN OLDER CHECKPOINT IS USED: step %d in %s.', candidate,
                      directory)
    return candidate, problems, result
  if problems:
    listed = '; '.join(f'step {s}: {p}' for s, p in problems.items())
    raise CheckpointError(
        f'no sound checkpoint in {directory} ({listed}). Nothing was changed: '
        f'put a sound copy back, or move the directory away to start anew.')
  return None, problems, None


def _path(directory: str | os.PathLike) -> epath.Path:
  path = os.fspath(directory)
  return epath.Path(path if '://' in path else os.path.abspath(path))


def _steps(directory: epath.Path) -> list[int]:
  if buckets.is_url(directory):
    return staging.steps(buckets.Store(os.fspath(directory)))
  if not directory.is_dir():
    return []
  # Orbax writes no leading zeros: '007' isn't a step.
  return sorted(int(p.name) for p in directory.iterdir()
                if p.name.isdecimal() and str(int(p.name)) == p.name
                and p.is_dir())


def _set_aside(directory: epath.Path, name: str) -> None:
  """Renames `name` to `name`.damaged, or the first of -2, -3, ... not there."""
  store = None
  if buckets.is_url(directory):
    store = buckets.Store(os.fspath(directory))
  there = ({n.split('/')[0] for n in store.find()} if store else
           {p.name for p in directory.iterdir()})
  if name not in there:
    return
  names = itertools.chain([''], (f'-{i}' for i in itertools.count(2)))
  target = next(t for t in (f'{name}.damaged{n}' for n in names)
                if t not in there)
  if store:
    store.move(name, target)
  else:
    (directory / name).rename(directory / target)
  logging.warning('DAMAGED CHECKPOINT: moved %s to %s.', directory / name,
                  directory / target)


def _nest(flat: dict[str, Any]) -> dict[str, Any]:
  return flax.traverse_util.unflatten_dict(flat, sep='/')


def _place(array: np.ndarray, like: Any, key: str | None) -> jax.Array:
  """`array` on the devices of `like`, a leaf of a State."""
  sharding = getattr(like, 'sharding', None) or (
      jax.sharding.SingleDeviceSharding(jax.local_devices()[0]))
  # Every process has all of the array, and takes from it what is its own.
  out = jax.make_array_from_callback(array.shape, sharding, lambda i: array[i])
  if key is not None:
    out = jax.device_put(jax.random.wrap_key_data(out, impl=key), sharding)
  return out


def _at_hand(directory: epath.Path, below: str):
  return buckets.at_hand(directory, below, CheckpointError)


def _read_record(directory: str, step: int) -> dict:
  return records.read(
      epath.Path(directory) / str(step) / 'meta' / 'metadata', step)


def _read_arrays(directory: str, record: dict,
                 paths: Collection[str]) -> dict[str, np.ndarray]:
  """The leaves at `paths`, verified; PRNG keys as their data.

  Orbax writes Zarr arrays into one OCDBT database. They are read without it:
  in a damaged step Orbax meets the first error with all other reads under
  way, and prints a traceback for each; and hosts wait for each other.
  """
  base = {'driver': 'file',
          'path': os.path.join(directory, str(record['step']), 'state') + '/'}
  # Its cache is of this call alone: files may be mended, or break, in between.
  context = tensorstore.Context({'cache_pool': {'total_bytes_limit': 10 ** 8}})

  def read(path: str) -> np.ndarray:
    leaf = record['leaves'][path]
    if 0 in leaf['shape']:
      return np.zeros(leaf['shape'], leaf['dtype'])
    return tensorstore.open({'driver': 'zarr', 'kvstore': {
        'driver': 'ocdbt', 'base': base, 'path': path.replace('/', '.') + '/',
    }}, open=True, context=context).result().read().result()

  return records.verified(record, paths, read)


class _Quiet(python_logging.Filter):
  """Drops the tracebacks of Orbax's threads: their errors are raised anew."""

  def filter(self, record: python_logging.LogRecord) -> bool:
    return not (record.exc_info and 'orbax' in record.pathname)
