"""Numbers that are not finite: back to a checkpoint, and on by another key."""

import shutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import checkpoint, errors, events, experiment, metrics, recovery
from gans_jax import game as G
from gans_jax import train
from tests.test_train import bit_equal, tiny


def breaks(monkeypatch, when):
  """The gan system, whose D's loss is nan when(step, key data)."""
  original = experiment.build

  def build(config):
    exp = original(config)
    first, *rest = exp.game.round
    def d_loss(t):
      # The key of a move follows from the state's: it tells retries apart.
      word = jax.random.key_data(t._key).ravel()[0]
      return first.loss(t) * jnp.where(when(t.step, word), jnp.nan, 1.)
    game = G.dataclasses.replace(
        exp.game, round=(G.Move('d', d_loss), *rest))
    return experiment.Experiment(exp.config, exp.source, game)
  monkeypatch.setattr(experiment, 'build', build)


def unlucky(times, at=12):
  """Breaks at a step under the first `times` keys, which it is told of."""
  words = []
  def when(step, word):
    bad = jnp.zeros((), bool)
    for known in words[:times]:
      bad |= (step == at) & (word == known)
    return bad
  return words, when


def words_at(c, at, retries):
  """The word of D's move's key at a step, under each of the keys."""
  state = jax.jit(experiment.build(c).init)()
  out = []
  for times in range(retries + 1):
    # Rolled back to one checkpoint, its key is folded with each number.
    key = recovery.another_key(state, times).key if times else state.key
    key = jax.random.fold_in(jax.random.fold_in(key, at), 0)
    out.append(np.uint32(
        jax.random.key_data(jax.random.fold_in(key, 0)).ravel()[0]))
  return out


@pytest.fixture
def config():
  return tiny('gan_ring', **{'faults.nan': 'rollback', 'faults.retries': 2})


def test_rolls_back_and_goes_on_with_another_key(tmp_path, monkeypatch, config):
  words, when = unlucky(2)
  words += words_at(config, 12, 2)
  assert len(set(words)) == 3
  breaks(monkeypatch, when)
  state = train.train(config, tmp_path / 'a', progress=False)
  assert int(state.step) == 20
  told = [(e['event'], e['step']) for e in events.read(tmp_path / 'a')]
  assert told == [
      ('started', 0), ('saved', 10), ('nan', 20), ('rolled_back', 10),
      ('nan', 20), ('rolled_back', 10), ('saved', 20), ('finished', 20)]
  broken = events.read(tmp_path / 'a')[2]
  assert broken['at'] == 13 and broken['what'] == (
      "loss 'd/d_loss' is not finite")
  # What the lost rounds wrote is gone; each step has one row.
  steps = [r['step'] for r in metrics.read_rows(tmp_path / 'a')
           if r['kind'] == 'train']
  assert steps == [5, 10, 15, 20]
  assert all(np.isfinite(list(r['values'].values())).all()
             for r in metrics.read_rows(tmp_path / 'a'))
  with checkpoint.Checkpointer(tmp_path / 'a' / 'checkpoints') as saved:
    assert saved.restore(state)[2]['rollbacks'] == 2

  # Killed between its retries, it retries as it would have.
  c = tiny('gan_ring', **{'faults.nan': 'rollback', 'faults.retries': 2})
  c.steps = 10
  train.train(c, tmp_path / 'b', progress=False)
  c.steps = 20
  bit_equal(state, train.train(c, tmp_path / 'b', progress=False))


def test_too_many_rollbacks_end_the_run(tmp_path, monkeypatch, config):
  breaks(monkeypatch, lambda step, word: step == 12)
  with pytest.raises(errors.TrainingError, match=(
      r"'d/d_loss' is not finite at step 13, after 2 rollbacks .*step 10")):
    train.train(config, tmp_path, progress=False)
  told = [e['event'] for e in events.read(tmp_path)]
  assert told[-3:] == ['rolled_back', 'nan', 'failed']
  assert told.count('rolled_back') == 2


def test_before_the_first_checkpoint_it_starts_anew(
    tmp_path, monkeypatch, config):
  words, when = unlucky(1, at=3)
  words += words_at(config, 3, 1)
  breaks(monkeypatch, when)
  train.train(config, tmp_path, progress=False)
  told = [(e['event'], e['step']) for e in events.read(tmp_path)]
  assert told[:3] == [('started', 0), ('nan', told[1][1]), ('rolled_back', 0)]
  assert told[-1] == ('finished', 20)


def test_keys_of_seeds_are_folded_apart():
  keys = jnp.stack([jax.random.key(0), jax.random.key(1)])
  state = G.State(step=jnp.int32(0), key=keys, params={}, stats={}, opt={},
                  ema={}, memory={})
  new = recovery.another_key(state, 3).key
  for i in range(2):
    assert new[i] == jax.random.fold_in(keys[i], 3)


def test_lost_disk(tmp_path, monkeypatch):
  """Nothing can be written any more: one error that says so."""
  save = train._Run.save
  folder = tmp_path / 'run' / 'checkpoints'

  def lose(self, step, *arguments):
    if step == 20:
      self.saved.wait()
      shutil.rmtree(folder)
      folder.write_text('')
    save(self, step, *arguments)
  monkeypatch.setattr(train._Run, 'save', lose)
  c = tiny('gan_ring', **{'checkpoint.every': 10, 'steps': 30})
  with pytest.raises(checkpoint.CheckpointError, match='saving step 20'):
    train.train(c, tmp_path / 'run', progress=False)
  assert events.read(tmp_path / 'run')[-1]['event'] == 'failed'
