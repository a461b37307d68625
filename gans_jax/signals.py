"""Signals that end a run: noted at once, acted on between two dispatches."""

import signal
import threading

import jax


class Interrupted(Exception):
  """SIGTERM or Ctrl-C came; the run was saved and can be resumed."""

  def __init__(self, signum: int, step: int):
    super().__init__(f'{signal.Signals(signum).name} at step {step}')
    self.signum, self.step = signum, step


class Signals:
  """Notes SIGTERM and the first Ctrl-C; a second one interrupts at once.

  Under jax.distributed JAX takes SIGTERM itself, so ours stays out of the way.
  """

  caught: int | None = None

  def __enter__(self) -> 'Signals':
    self._old = {}
    if (threading.current_thread() is threading.main_thread()
        and jax.process_count() == 1):
      for signum in (signal.SIGTERM, signal.SIGINT):
        self._old[signum] = signal.signal(signum, self._note)
    return self

  def _note(self, signum, frame):
    self.caught = signum
    signal.signal(signal.SIGINT, signal.default_int_handler)

  def __exit__(self, *_) -> None:
    for signum, handler in self._old.items():
      signal.signal(signum, handler)
