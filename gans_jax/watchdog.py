"""Ends a process that hangs, so that its scheduler can start it again.

A collective whose partner is gone, a file system that no longer answers, a
deadlock in a driver: none of them raises. If no round is done for a given time
the stacks of all threads are printed and the process ends.
"""

import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

AGAIN = 75    # EX_TEMPFAIL of sysexits.h: schedulers run the job again
DUMP = 1.     # seconds that stacks may take


class Watchdog:
  """Ends the process with status 75 after `seconds` without a `beat`.

  A thread watches the beats, and timers that need no interpreter watch the
  thread: should the interpreter itself be stuck, the stacks are printed after
  twice the time, and SIGALRM ends the process (status 128 + 14). A process that
  slept with its machine, or was stopped (SIGSTOP) for less than that, is not
  taken for one that hangs.

  Args:
    seconds: longer than anything between two beats: a compilation, a batch of
      an evaluation, a save. 0: never.
    on_hang: called with the seconds of silence before the process ends.
    stop: ends the process; for tests.
  """

  def __init__(self, seconds: float,
               on_hang: Callable[[float], None] | None = None,
               stop: Callable[[int], Any] = os._exit):
    self._seconds, self._on_hang, self._stop = seconds, on_hang, stop
    self._silent = 0.
    self._ended = threading.Event()
    self._thread: threading.Thread | None = None

  def __enter__(self) -> 'Watchdog':
    if self._seconds > 0:
      self._thread = threading.Thread(
          target=self._watch, name='watchdog', daemon=True)
      self._thread.start()
    return self

  def beat(self, *_: Any) -> None:
    """Says that the run goes on; takes what progress callbacks are given."""
    self._silent = 0.

  def __exit__(self, *_) -> None:
    if self._thread:
      self._ended.set()
      self._thread.join()
      _end_after(0)

  def _watch(self) -> None:
    period = min(self._seconds / 8, 10)
    before = time.monotonic()
    while True:
      _end_after(2 * self._seconds)
      if self._ended.wait(period):
        return
      now = time.monotonic()
      # Time in which this thread did not run either is not counted.
      self._silent += min(now - before, 2 * period)
      before = now
      if self._silent > self._seconds:
        self._bark(self._silent)
        return

  def _bark(self, silent: float) -> None:
    print(f'error: no round for {silent:.0f} seconds (config.faults.hang): '
          'the process ends. The stacks of its threads:', file=sys.__stderr__,
          flush=True)
    faulthandler.dump_traceback(file=sys.__stderr__, all_threads=True)
    if self._on_hang:
      # What hangs may be the disk: then this must not keep us.
      _end_after(20)
      told = threading.Thread(
          target=self._on_hang, args=(silent,), daemon=True)
      told.start()
      told.join(3)
    self._stop(AGAIN)


def _end_after(seconds: float) -> None:
  """Stacks and the end of the process so much later; 0: no more of it.

  faulthandler's own end has status 1, which schedulers take for the last word.
  """
  faulthandler.cancel_dump_traceback_later()
  if seconds:
    faulthandler.dump_traceback_later(seconds, file=sys.__stderr__)
  signal.setitimer(signal.ITIMER_REAL, seconds and seconds + DUMP)
