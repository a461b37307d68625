"""What happened to a run, and when: events.jsonl, one JSON object on a line.

  {"event": "restored", "step": 500, "time": 1700000000.0, "devices": 8, ...}

with `time` in seconds since 1970. The main process alone writes, and only
adds, so the file tells of every start and end over the life of a workdir:

  started      step, processes, devices, host, pid
  restored     step, devices: what follows goes on from a checkpoint
  saved        step, seconds that training waited for it
  preempted    step, signal: saved, and ended to be started again
  nan          step, at which, what: a loss or a param is no longer finite
  rolled_back  step, the one gone back to, and times so far
  stalled      step, seconds without a round: the process ended itself
  left         step, error: another process is gone, and this one ended, too
  failed       step, error
  finished     step, seconds since this start
"""

import contextlib
import json
import pathlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from gans_jax import files, remote

FILE = 'events.jsonl'
KINDS = ('started', 'restored', 'saved', 'preempted', 'nan', 'rolled_back',
         'stalled', 'left', 'failed', 'finished')


class Log:
  """Writes the events of one run.

  Attributes:
    step: of the events; the training loop sets it.

  Args:
    workdir: of the run.
    step: to begin with.
    main: False on every host but one; nothing is written there.
    told: called with the name of the file after each event.
  """

  def __init__(self, workdir: files.PathLike, step: int = 0,
               main: bool = True,
               told: Callable[[str], None] | None = None):
    self.step = step
    self._path = pathlib.Path(workdir) / FILE
    self._main, self._told = main, told

  def __call__(self, event: str, **more: Any) -> None:
    """Adds an event, one of KINDS, with what JSON can hold of it."""
    if event not in KINDS:
      raise ValueError(f'{event!r} is no event: {KINDS}')
    if self._main:
      files.append_line(self._path, json.dumps(dict(
          event=event, step=int(self.step), time=time.time(), **more)))
      if self._told:
        self._told(FILE)

  @contextlib.contextmanager
  def failures(self, *others: type[Exception],
               lost: Callable[[Exception], bool] = lambda e: False
               ) -> Iterator[None]:
    """Adds 'failed' where an error ends what is within, unless of `others`.

    Args:
      *others: errors that end it, and are no failures.
      lost: whether an error is that of a partner who is gone: then 'left'.
    """
    try:
      yield
    except others:
      raise
    except Exception as e:
      with contextlib.suppress(OSError):    # the disk may be what failed
        self('left' if lost(e) else 'failed',
             error=f'{type(e).__name__}: {e}'[:500])
      raise


def read(workdir: files.PathLike) -> list[dict[str, Any]]:
  """The events of a run as they came; lines cut short are left out."""
  with remote.Place(workdir, (FILE,), writes=False) as place:
    path = place.folder / FILE
    lines = path.read_bytes().split(b'\n') if path.exists() else ()
  out = []
  for line in lines:
    try:
      event = json.loads(line)
      if event['event'] in KINDS and isinstance(event['step'], int):
        out.append(event)
    except (ValueError, KeyError, TypeError):
      continue      # the process was killed while it wrote
  return out
