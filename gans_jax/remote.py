"""Workdirs in buckets: gs://BUCKET/PATH and s3://BUCKET/PATH.

A run's files lie in a local folder, its `Place`, where they are written as
those of any other run. The main process alone sends those that changed to the
bucket: before each checkpoint, so that a checkpoint never lacks the rows before
it, after each event, and at the end. A start brings them back first.
Checkpoints are not among them: `gans_jax.checkpoint` writes those itself. The
Place of a local folder is that folder, and does nothing.
"""

import contextlib
import fnmatch
import os
import pathlib
import threading
from collections.abc import Sequence
from typing import Any

from absl import logging

from gans_jax import buckets, errors, files

# Neither brought nor sent: written by Orbax; begun anew by each start.
APART = ('checkpoints/*', 'evaluating/*', '.*', '*/.*')
ONLY_SENT = 'tensorboard/*'             # a start writes files of its own


class Place:
  """A workdir at hand.

  Attributes:
    root: the workdir as it was named, for messages and for checkpoints.
    folder: where its files are: the workdir, or a copy that goes at the end.

  Args:
    workdir: a folder, or a URL.
    only: patterns of the names to bring, in place of all.
    writes: whether this process sends what it changed.

  Raises:
    errors.ConfigError: as of `Store`; no such bucket, or no right to it.
  """

  def __init__(self, workdir: files.PathLike, only: Sequence[str] = ('*',),
               writes: bool = True):
    self.root, self._store = os.fspath(workdir), None
    self._only, self._writes = only, writes
    self._lock = threading.Lock()       # the watchdog tells events, too
    self.folder = pathlib.Path(self.root)
    if not buckets.is_url(self.root):
      return
    self._store = buckets.Store(self.root)
    self.root = self._store.url
    if '/' not in self._store.path:
      raise errors.ConfigError(f'{self.root} names no folder of the bucket: '
                               f'{self.root}/PATH')
    self._there = self._store.find()    # first: an error leaves no folder
    self._open = contextlib.ExitStack()
    self.folder = self._open.enter_context(buckets.scratch())
    self._brought: dict[str, Any] = {}  # stamps of the store's
    self._known: dict[str, Any] = {}    # stamps of the copies
    self.bring(self._there)

  @property
  def is_remote(self) -> bool:
    return self._store is not None

  def has(self, name: str) -> bool:
    """Whether the workdir held a file or a folder when it was looked at."""
    if self._store is None:
      return (self.folder / name).exists()
    return any(n == name or n.startswith(name + '/') for n in self._there)

  def bring(self, there: dict[str, Any] | None = None) -> None:
    """Copies what is new in the store; a change made here is not undone."""
    if self._store is None:
      return
    with self._lock:
      self._there = self._store.find() if there is None else there
      new = [n for n, stamp in self._there.items()
             if self._brought.get(n) != stamp and _among(n, self._only)
             and not _among(n, (*APART, ONLY_SENT))
             and self._stamp(n) == self._known.get(n)]
      try:
        self._store.get(new, self.folder)
      except Exception as e:
        buckets.unreachable(self.root, e)
      self._brought |= {n: self._there[n] for n in new}
      self._known |= {n: self._stamp(n) for n in new}

  def send(self, *names: str, must: bool = False) -> None:
    """Sends what changed: of `names`, or all, and then removes what is gone.

    What can't be sent is sent with the next; a run is not ended for it.

    Raises:
      errors.ConfigError: it can't, and it `must`.
    """
    if self._store is None or not self._writes:
      return
    with self._lock:
      here = names or [p.relative_to(self.folder).as_posix()
                       for p in self.folder.rglob('*') if p.is_file()]
      stamps = {n: self._stamp(n) for n in here if not _among(n, APART)}
      changed = [n for n, s in stamps.items() if s and s != self._known.get(n)]
      gone = [] if names else [n for n in self._known if n not in stamps]
      try:
        self._store.put(self.folder, changed)
        self._store.remove(gone)
      except Exception as e:
        if must:
          buckets.unreachable(self.root, e)
        logging.warning('%s could not be written, and will be later: %s',
                        self.root, errors.line(e))
        return
      self._known |= {n: stamps[n] for n in changed}
      for n in gone:
        del self._known[n]

  def __enter__(self) -> 'Place':
    return self

  def __exit__(self, kind, *_) -> None:
    """Sends the rest; an error of that does not hide another."""
    if self._store is not None:
      try:
        self.send(must=kind is None)
      finally:
        self._open.close()

  def _stamp(self, name: str) -> Any:
    try:
      s = os.stat(self.folder / name)
      return s.st_size, s.st_mtime_ns
    except OSError:
      return None


def _among(name: str, patterns: Sequence[str]) -> bool:
  return any(fnmatch.fnmatchcase(name, p) for p in patterns)
