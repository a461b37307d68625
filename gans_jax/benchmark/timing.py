"""Times things against each other, in turns.

The speed of a machine that others use drifts by factors within minutes, so
the sides of a comparison take turns of a few seconds, and what is reported is
their ratio, of medians and turn by turn.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence


@dataclasses.dataclass(frozen=True)
class Side:
  """One side of a comparison.

  Attributes:
    name: for the table.
    play: does a piece of work and waits until it is done.
    work: how much that is, in units common to all sides.
  """

  name: str
  play: Callable[[], None]
  work: float


@dataclasses.dataclass(frozen=True)
class Spread:
  """Median, smallest and largest of repeated measurements."""

  median: float
  min: float
  max: float

  @classmethod
  def of(cls, values: Sequence[float]) -> 'Spread':
    return cls(statistics.median(values), min(values), max(values))

  def __str__(self) -> str:
    short = lambda x: f'{x:,.0f}' if abs(x) >= 1e3 else f'{x:.3g}'
    return f'{short(self.median)} ({short(self.min)} to {short(self.max)})'


@dataclasses.dataclass(frozen=True)
class Ratio:
  """How much faster one side is than another.

  Attributes:
    medians: the ratio of their median speeds.
    pairs: the ratios of the speeds of neighbouring turns.
  """

  medians: float
  pairs: Spread

  @classmethod
  def of(cls, ours: Sequence[float], theirs: Sequence[float]) -> 'Ratio':
    return cls(statistics.median(ours) / statistics.median(theirs),
               Spread.of([a / b for a, b in zip(ours, theirs, strict=True)]))


def alternate(sides: Sequence[Side], repeats: int, seconds: float
              ) -> list[list[float]]:
  """Lets the sides take turns: A B A B ...

  Each plays twice before, to compile and to find how often it must play to
  fill its turn.

  Args:
    sides: what to measure.
    repeats: turns each.
    seconds: of one turn, about; a side plays at least once.

  Returns:
    For each side the speeds of its turns, in units of work a second.
  """
  plays = []
  for side in sides:
    side.play()
    once = clock(side.play)
    plays.append(max(1, round(seconds / max(once, 1e-9))))
  speeds: list[list[float]] = [[] for _ in sides]
  for _ in range(repeats):
    for side, n, out in zip(sides, plays, speeds, strict=True):
      out.append(n * side.work / clock(side.play, n))
  return speeds


def clock(play: Callable[[], None], times: int = 1) -> float:
  """Seconds that `times` calls take."""
  began = time.perf_counter()
  for _ in range(times):
    play()
  return time.perf_counter() - began
