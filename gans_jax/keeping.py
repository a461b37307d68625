"""Which checkpoints of a run stay."""

from collections.abc import Callable, Collection, Mapping


def best(scores: Mapping[int, float], n: int) -> list[int]:
  """The n steps of the highest scores, the best first; of equals the first."""
  return sorted(scores, key=lambda step: (-scores[step], step))[:n]


class Kept:
  """Which checkpoints stay: a preservation policy of Orbax."""

  def __init__(self, latest: int, every: int, n: int,
               scores: Callable[[], dict[int, float]]):
    self._latest, self._every, self._best = latest, every, n
    self._scores = scores

  def should_preserve(self, checkpoints, *, context) -> list[bool]:
    del context
    kept = self.kept([c.step for c in checkpoints])
    return [c.step in kept for c in checkpoints]

  def kept(self, steps: Collection[int]) -> set[int]:
    """Those of the steps that stay."""
    steps = sorted(steps)
    kept = set(steps[-self._latest:])
    if self._every:
      kept |= {s for s in steps if s % self._every == 0}
    if self._best:     # read from disk: restarts go by the same
      kept |= set(best(self._scores(), self._best))
    return kept & set(steps)
