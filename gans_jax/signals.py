"""Signals that end a run: noted at once, acted on between two dispatches."""

import os
import signal
import threading

import jax
from jax.experimental import multihost_utils


class Interrupted(Exception):
  """SIGTERM or Ctrl-C came; the run was saved and can be resumed."""

  def __init__(self, signum: int, step: int):
    super().__init__(f'{signal.Signals(signum).name} at step {step}')
    self.signum, self.step = signum, step


class Signals:
  """Stops a run after SIGTERM or Ctrl-C to any of its processes.

  One process notes the signal itself; a second Ctrl-C interrupts at once. Of
  several, JAX takes SIGTERM and has all processes agree on a dispatch after
  which to stop. Ctrl-C is passed on to it as SIGTERM. A handler of our own for
  SIGTERM would take it from JAX, and the others would never know.
  """

  def __init__(self):
    self._caught: int | None = None
    self._several = jax.process_count() > 1
    self._asked = 0

  def __enter__(self) -> 'Signals':
    self._old = {}
    if threading.current_thread() is threading.main_thread():
      own = {signal.SIGINT: self._pass_on} if self._several else dict.fromkeys(
          (signal.SIGTERM, signal.SIGINT), self._note)
      for signum, handler in own.items():
        self._old[signum] = signal.signal(signum, handler)
    return self

  def stop(self) -> int | None:
    """The signal after which to stop now; every process asks each dispatch."""
    if not self._several:
      return self._caught
    # Ours are numbered one by one: JAX settles on the next that none has
    # reached yet, and steps of a run may come in hundreds.
    self._asked += 1
    if self._caught is None and multihost_utils.reached_preemption_sync_point(
        self._asked):
      self._caught = signal.SIGTERM
    return self._caught

  def _note(self, signum, frame):
    self._caught = signum
    signal.signal(signal.SIGINT, signal.default_int_handler)

  def _pass_on(self, signum, frame):
    os.kill(os.getpid(), signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.default_int_handler)

  def __exit__(self, *_) -> None:
    for signum, handler in self._old.items():
      signal.signal(signum, handler)
