"""Batches by step: which examples a step sees follows from (seed, step) alone.

So a resumed run goes on with the very batches it would have had, whatever the
number of hosts, threads or rounds a dispatch; nothing of the loader needs to
be saved.
"""

import collections
import functools
import math
from collections.abc import Iterator
from concurrent import futures

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Source
from gans_jax.data.transforms import mix

# A task of a worker thread makes about this many bytes.
CHUNK = 2 ** 20


class Loader:
  """Makes the batches of a training run, ahead of time in threads.

  Every epoch is a fresh permutation of the source, so each example is seen
  once an epoch; batches may straddle epochs. With seeds = S the arrays have
  an axis of S after the rounds, and the i-th row is what a loader with the
  seed `seed + i` would give.
  """

  def __init__(self, source: Source, batch_size: int, seed: int, *,
               batches: int = 1, rounds: int = 1, seeds: int = 1,
               shard: tuple[int, int] = (0, 1), threads: int = 2,
               prefetch: int = 2):
    """Sets up the loader; threads start with `iterate`.

    Args:
      source: where examples come from.
      batch_size: B, examples in a global batch; may exceed the source.
      seed: of the order of examples and of random transforms, from 0.
      batches: batches that one round of the game consumes.
      rounds: rounds in a dispatch: how many `batch` and `iterate` give.
      seeds: S, how many runs train side by side.
      shard: (k, n): this host's rows are k * B / n up to (k + 1) * B / n.
      threads: worker threads.
      prefetch: dispatches that `iterate` keeps in the making or ready.

    Raises:
      ConfigError: n does not divide B, or a number is out of its range.
    """
    index, count = shard
    if min(batch_size, batches, rounds, seeds, threads, prefetch) < 1:
      raise errors.ConfigError(
          f'batch_size={batch_size}, batches={batches}, rounds={rounds}, '
          f'seeds={seeds}, threads={threads} and prefetch={prefetch} must be '
          'at least 1')
    if seed < 0 or not 0 <= index < count:
      raise errors.ConfigError(
          f'seed={seed} must be at least 0, shard={shard} (k, n) with k < n')
    if batch_size % count:
      raise errors.ConfigError(
          f'batch_size={batch_size} is not divisible by {count} hosts')
    self.source = source
    self.local_size = batch_size // count
    self._size, self._seed = batch_size, seed
    self._batches, self._rounds, self._seeds = batches, rounds, seeds
    self._first = index * self.local_size
    self._threads, self._prefetch = threads, prefetch
    self._pool = None
    self._closed = False
    # Enough for every seed to stand in two epochs.
    self._permutation = functools.lru_cache(2 * seeds + 2)(self._permute)
    example = sum(
        np.dtype(source.spec.dtypes[key]).itemsize * math.prod(shape)
        for key, shape in source.spec.shapes.items())
    self._chunk = max(1, CHUNK // max(1, example))

  def batch(self, step: int, rounds: int | None = None) -> Batch:
    """This host's batches for the rounds step, ..., step + rounds - 1.

    Args:
      step: round to start from.
      rounds: None: those of the loader.

    Returns:
      arrays [rounds, batches, local_size, ...]; with seeds > 1
      [rounds, seeds, batches, local_size, ...].
    """
    tasks, finish = self._plan(step, rounds or self._rounds)
    for task in tasks:
      task()
    return finish()

  def iterate(self, start: int,
              stop: int | None = None) -> Iterator[tuple[int, Batch]]:
    """Yields (step, batch), steps rising by `rounds`, made ahead in threads.

    Args:
      start: first step.
      stop: step to end before; None: never. If the rounds do not divide the
        way to it, the last dispatch is shorter.

    Returns:
      an iterator. What fails in a thread is raised from it. It ends early
      when the loader is closed.
    """
    if self._closed:
      raise ValueError('the loader is closed')
    if self._pool is None:
      self._pool = futures.ThreadPoolExecutor(self._threads, 'loader')
    ahead = collections.deque()

    def submit(step):
      if not self._closed and (stop is None or step < stop):
        rounds = self._rounds if stop is None else min(
            self._rounds, stop - step)
        tasks, finish = self._plan(step, rounds)
        try:
          ahead.append(
              (step, [self._pool.submit(task) for task in tasks], finish))
        except RuntimeError:  # closed by another thread since we looked
          pass
      return step + self._rounds

    step = start
    for _ in range(self._prefetch):
      step = submit(step)
    return self._drain(ahead, submit, step)

  def _drain(self, ahead, submit, step):
    try:
      while ahead:
        at, made, finish = ahead[0]
        try:
          for task in made:
            task.result()
        except futures.CancelledError:
          return
        ahead.popleft()
        step = submit(step)
        yield at, finish()
    finally:
      for _, made, _ in ahead:
        for task in made:
          task.cancel()

  def close(self):
    """Drops what is in the making; waits for nothing."""
    self._closed = True
    if self._pool is not None:
      self._pool.shutdown(wait=False, cancel_futures=True)

  def __enter__(self) -> 'Loader':
    return self

  def __exit__(self, *unused):
    self.close()

  def _permute(self, seed, epoch):
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(self.source))
    order.flags.writeable = False
    return order

  def _examples(self, seed, start, stop):
    """Indices and keys of a seed's examples number start up to stop."""
    size, parts = len(self.source), []
    at = start
    while at < stop:
      epoch, offset = divmod(at, size)
      parts.append(
          self._permutation(seed, epoch)[offset:offset + stop - at])
      at += len(parts[-1])
    number = np.arange(start, stop, dtype=np.uint64)
    salt = mix(np.array([seed], np.uint64))
    return np.concatenate(parts), mix(number ^ salt)

  def _plan(self, step, rounds):
    """Tasks that make pieces of a dispatch, and how to put them together."""
    if step < 0:
      raise ValueError(f'step {step} is negative')
    per_round = self._batches * self._size
    rows = slice(self._first, self._first + self.local_size)
    shape = (rounds, self._batches, self._size)
    picked = []
    for seed in range(self._seed, self._seed + self._seeds):
      flat = self._examples(seed, step * per_round,
                            (step + rounds) * per_round)
      picked.append([a.reshape(shape)[:, :, rows] for a in flat])
    # [rounds, seeds, batches, local_size]
    indices = np.stack([indices for indices, _ in picked], 1)
    keys = np.stack([keys for _, keys in picked], 1)
    lead = indices.shape if self._seeds > 1 else (
        rounds, self._batches, self.local_size)
    indices, keys = indices.reshape(-1), keys.reshape(-1)
    if len(indices) <= self._chunk:
      made = {}
      tasks = [lambda: made.update(self.source.batch(indices, keys))]
    else:
      spec = self.source.spec
      made = {key: np.empty((len(indices), *shape), spec.dtypes[key])
              for key, shape in spec.shapes.items()}

      def fill(part):
        for key, value in self.source.batch(indices[part], keys[part]).items():
          made[key][part] = value

      tasks = [functools.partial(fill, slice(i, i + self._chunk))
               for i in range(0, len(indices), self._chunk)]

    def finish():
      return {k: v.reshape(lead + v.shape[1:]) for k, v in made.items()}

    return tasks, finish
