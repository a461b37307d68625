"""Evaluation beside a training run: every checkpoint as it comes."""

import pathlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import jax
from absl import logging

from gans_jax import buckets, checkpoint, errors, events, experiment, files
from gans_jax import metrics, remote, report, scoring


def follow(workdir: files.PathLike, what: str | None = None,
           n: int | None = None, said: Mapping[str, Any] | None = None,
           progress: bool = True, poll: float = 10.) -> list[int]:
  """Scores each checkpoint of a run once, oldest first, until its last.

  Started again it leaves out what is in followed.jsonl. Steps that the run has
  let go of meanwhile, or that are damaged, are passed over.

  Args:
    workdir: of the run; may be empty yet.
    what: metrics, as `scoring.of_run` takes them, like n, said and progress.
    poll: seconds between two looks.

  Returns:
    the steps that were scored.

  Raises:
    errors.ConfigError: no such metric or mode.
    errors.TrainingError: the run failed; what it saved has been scored.
  """
  if jax.process_count() > 1:
    raise errors.ConfigError('--follow is of one process, on all its devices')
  with remote.Place(workdir) as place:
    return _follow(place, lambda: scoring.scorer(
        place, what, n, said, progress, metrics.FOLLOWED), poll)


def _follow(place: remote.Place, scorer: Callable[[], Callable[[int], int]],
            poll: float) -> list[int]:
  workdir, score, done = place.folder, None, []
  saved = checkpoint.Checkpointer(
      buckets.join(place.root, experiment.CHECKPOINTS))
  passed: set[int] = _scored(workdir)
  while True:
    place.bring()
    told = [e['event'] for e in events.read(workdir)][-1:]    # before the steps
    if score is None and place.has(experiment.CONFIG):
      score = scorer()
    steps = saved.steps()
    new = [s for s in steps if s not in passed]
    if score and new:
      passed.add(new[0])
      try:
        done.append(score(new[0]))
        place.send()
      except checkpoint.CheckpointError as e:
        logging.warning('step %d is passed over: %s', new[0], e)
      except errors.ConfigError:
        if new[0] in saved.steps():
          raise
        logging.warning('step %d is gone before it was scored', new[0])
    elif told == ['finished']:
      report.write(workdir)
      return done
    elif told == ['failed']:
      raise errors.TrainingError(f'the run in {place.root} failed: no more '
                                 'checkpoints to follow')
    else:
      time.sleep(poll)


def _scored(workdir: pathlib.Path) -> set[int]:
  """Steps with rows of an earlier follower."""
  return {row['step'] for _, row in metrics.lines(workdir / metrics.FOLLOWED)}
