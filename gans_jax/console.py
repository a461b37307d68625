"""Progress on a terminal or in a log."""

import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

import numpy as np


class Console:
  """A progress bar; on a pipe or in a log, a line now and then."""

  def __init__(self, start: int, total: int, stream: TextIO | None = None,
               seconds: float = 30., what: str = 'step'):
    self._what = what    # is counted
    self._stream = sys.stderr if stream is None else stream
    self._total, self._seconds, self._bar = total, seconds, None
    self._first = None  # the first call: what came before was compilation
    self._tenth, self._shown = self._tenths(start), time.monotonic()
    if self._stream.isatty():
      import tqdm
      self._bar = tqdm.tqdm(
          initial=start, total=total, file=self._stream, dynamic_ncols=True,
          smoothing=.1, mininterval=.2,
          bar_format='{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} '
                     '[{elapsed}, {remaining} left] {postfix}')

  def show(self, step: int, text: str) -> None:
    """Says where the run is."""
    if self._bar is not None:
      self._bar.set_postfix_str(text, refresh=False)
      self._bar.update(step - self._bar.n)
      return
    now = time.monotonic()
    self._first = self._first or (step, now)
    tenth = self._tenths(step)
    if tenth == self._tenth and now - self._shown < self._seconds:
      return
    self._tenth, self._shown = tenth, now
    done, seconds = step - self._first[0], now - self._first[1]
    left = ''
    if done > 0 and step < self._total:
      left = f', {_clock(seconds / done * (self._total - step))} left'
    share = f'{step / max(self._total, 1):.0%}'
    self.print(f'{self._what} {step}/{self._total} ({share}{left})  {text}')

  def print(self, text: str) -> None:
    """Prints a line."""
    if self._bar is not None:
      self._bar.write(text, file=self._stream)
    else:
      print(text, file=self._stream, flush=True)

  def close(self) -> None:
    """Leaves the bar as it is and goes to the next line."""
    if self._bar is not None:
      self._bar.close()

  def _tenths(self, step):
    return 10 * step // max(self._total, 1)


def join(values: Mapping[str, Any]) -> str:
  """Names and numbers on one line."""
  return '  '.join(
      f'{k} {v:.4g}' if isinstance(v, (float, np.floating)) else f'{k} {v}'
      for k, v in values.items())


def _clock(seconds: float) -> str:
  minutes, seconds = divmod(round(seconds), 60)
  hours, minutes = divmod(minutes, 60)
  return (f'{hours}:{minutes:02d}:{seconds:02d}' if hours
          else f'{minutes}:{seconds:02d}')
