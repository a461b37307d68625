"""Checkpoints in s3:// buckets, to which Orbax itself can't write.

Orbax 0.12.8 hands TensorStore the paths of folders and of gs:// alone; an s3://
one ends in "Checkpoint path should be absolute". So the main process has Orbax
write each step into a local folder, and sends the files when they are whole,
`commit_success.txt` last: a step without that one is none, as on gs://.
"""

import pathlib
import threading
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp

from gans_jax import buckets, keeping, records, saving

COMMIT = 'commit_success.txt'     # Orbax's own


class Manager:
  """What `gans_jax.checkpoint` uses of Orbax's CheckpointManager.

  Of several processes the main one writes all: arrays are gathered, as their
  checksums already ask for.

  Args:
    url: of the folder of the steps.
    policy: which of the steps stay.
  """

  def __init__(self, url: str, policy: keeping.Kept):
    self._store, self._policy = buckets.Store(url), policy
    self._main = jax.process_index() == 0
    self._thread: threading.Thread | None = None
    self._error: Exception | None = None
    if self._main:      # what was cut short
      whole = set(steps(self._store))
      self._store.remove([n for n in self._store.find()
                          if n.split('/')[0].isdecimal()
                          and int(n.split('/')[0]) not in whole])

  def save(self, step: int, args: ocp.args.Composite) -> bool:
    """Copies the arrays, and writes them in a thread."""
    self.wait_until_finished()
    # Copies: what `host` gives may be the memory of a donated array.
    state = jax.tree.map(lambda x: np.array(records.host(x)),
                         args['state'].item)
    if self._main:
      self._thread = threading.Thread(
          target=self._write, args=(step, state, args['meta']))
      self._thread.start()
    return True

  def wait_until_finished(self) -> None:
    if self._thread:
      self._thread.join()
      self._thread = None

  def check_for_errors(self) -> None:
    """Raises the error of the last save."""
    error, self._error = self._error, None
    if error:
      raise error

  def close(self) -> None:
    self.wait_until_finished()

  def _write(self, step: int, state: Any, meta: Any) -> None:
    try:
      with buckets.scratch() as folder:
        options = ocp.CheckpointManagerOptions(
            enable_async_checkpointing=False, create=False,
            multiprocessing_options=ocp.options.MultiprocessingOptions(
                primary_host=0, active_processes={0},
                barrier_sync_key_prefix='staging'))
        with saving.Manager(folder, options=options) as manager:
          manager.save(step, args=ocp.args.Composite(
              state=ocp.args.StandardSave(state), meta=meta))
        self._send(folder, step)
      self._prune()
    except Exception as e:
      self._error = e

  def _send(self, folder: pathlib.Path, step: int) -> None:
    last = f'{step}/{COMMIT}'
    names = [p.relative_to(folder).as_posix()
             for p in (folder / str(step)).rglob('*') if p.is_file()]
    self._store.remove([n for n in self._store.find(str(step))])
    self._store.put(folder, [n for n in names if n != last])
    self._store.put(folder, [last])

  def _prune(self) -> None:
    here = steps(self._store)
    for step in set(here) - self._policy.kept(here):
      self._store.remove([f'{step}/{COMMIT}'])
      self._store.remove(list(self._store.find(str(step))))


def steps(store: buckets.Store) -> list[int]:
  """Steps that are whole, oldest first."""
  parts = [n.split('/') for n in store.find()]
  # Orbax writes no leading zeros: '007' isn't a step.
  return sorted(int(step) for step, *rest in parts if rest == [COMMIT]
                and step.isdecimal() and str(int(step)) == step)
