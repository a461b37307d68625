"""Evaluation beside a run: each checkpoint once, in a file of its own."""

import threading

import pytest

from gans_jax import errors, events, following, metrics, train
from tests.test_train import tiny


def rows(workdir):
  return [row for _, row in metrics.lines(workdir / metrics.FOLLOWED)]


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  """Followed from before it began, in another thread."""
  workdir = tmp_path_factory.mktemp('run') / 'a'
  c = tiny('gan_ring', **{'checkpoint.every': 5, 'checkpoint.keep': 9})
  found = []
  follower = threading.Thread(target=lambda: found.extend(
      following.follow(workdir, progress=False, poll=.02)))
  follower.start()
  train.train(c, workdir, progress=False)
  follower.join(120)
  assert not follower.is_alive()
  return c, workdir, found


def test_every_checkpoint_is_scored_once(run):
  _, workdir, found = run
  assert found == [5, 10, 15, 20]
  assert [r['step'] for r in rows(workdir)] == found
  # The run and its follower got the same numbers of the last step.
  own, = [r for _, r in metrics.lines(workdir / metrics.ROWS)
          if r['kind'] == 'eval']
  other = rows(workdir)[-1]
  for key in ('step', 'evaluator', 'ema', 'values', 'protocol'):
    assert own[key] == other[key], key
  assert [r['step'] for r in metrics.read_rows(workdir)
          if r['kind'] == 'eval'] == found
  assert following.follow(workdir, progress=False) == []


def test_damaged_and_missing_steps_are_passed_over(run, tmp_path, caplog):
  c, _, _ = run
  c.steps = 10
  train.train(c, tmp_path, progress=False)
  for path in (tmp_path / 'checkpoints' / '5').rglob('*'):
    if path.is_file():
      path.write_bytes(b'')
  assert following.follow(tmp_path, progress=False) == [10]
  assert 'step 5 is passed over' in caplog.text


def test_a_run_that_failed_ends_it(run, tmp_path, monkeypatch):
  c, _, _ = run
  c.steps = 5
  train.train(c, tmp_path, progress=False)
  events.Log(tmp_path, 5)('left', error='closed')    # it will be started again
  told = []

  def again(seconds):
    told.append(seconds)
    events.Log(tmp_path, 5)('failed', error='nan')
  monkeypatch.setattr(following.time, 'sleep', again)
  with pytest.raises(errors.TrainingError, match='failed'):
    following.follow(tmp_path, progress=False, poll=7.)
  assert told == [7.]
  assert [r['step'] for r in rows(tmp_path)] == [5]
