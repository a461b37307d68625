"""Which checkpoints stay, which is best, and the file made of it."""

import jax
import numpy as np
import pytest

from gans_jax import best, checkpoint, errors, experiment, keeping, metrics
from gans_jax import train
from gans_jax.game import sample
from tests.test_checkpoint import make_state
from tests.test_train import leaves, tiny


def test_kept_are_the_last_the_milestones_and_the_best(tmp_path):
  scores = {2: .5, 3: .9, 5: .9, 6: -1., 7: .7}
  with checkpoint.Checkpointer(tmp_path, 2, keep_every=4, keep_best=2) as c:
    for step in range(1, 10):
      c.save(step, make_state(step), {'score': scores.get(step)})
    c.wait()
    # Of equal scores the first: 3 and 5 are best, 4 and 8 milestones.
    assert c.steps() == [3, 4, 5, 8, 9]
    assert c.scores() == {3: .9, 5: .9}
  # A new process goes by what is on disk.
  with checkpoint.Checkpointer(tmp_path, 1, keep_best=1) as c:
    c.restore(make_state())
    c.save(10, make_state(10), {'score': .1})
    c.save(11, make_state(11))
    c.wait()
    assert c.steps() == [3, 11]


def test_best_of_scores():
  assert keeping.best({1: 0., 2: 3., 3: 3., 4: 1.}, 2) == [2, 3]
  assert keeping.best({1: 0.}, 3) == [1]


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  """A run that is scored every 5 steps, and saved for that alone."""
  workdir = tmp_path_factory.mktemp('best')
  c = tiny('gan_ring', **{'checkpoint.best': '+modes/hq', 'rounds': 5,
                          'evals.modes.every': 5, 'checkpoint.every': 20})
  c.checkpoint.keep = 1
  state = train.train(c, workdir, progress=False)
  return c, workdir, state


def test_the_best_step_is_saved_and_exported(run):
  c, workdir, _ = run
  scored = {r['step']: r['values']['modes/hq']
            for r in metrics.read_rows(workdir) if r['kind'] == 'eval'}
  assert sorted(scored) == [5, 10, 15, 20]
  top = keeping.best(scored, 1)[0]
  saved = checkpoint.Checkpointer(workdir / 'checkpoints')
  assert saved.steps() == sorted({top, 20})
  assert saved.scores()[top] == scored[top]
  files = sorted(p.name for p in (workdir / 'best').iterdir())
  assert files == [f'{top}.json', f'{top}.safetensors']

  nets, about = best.load(workdir / 'best' / f'{top}.safetensors')
  assert about['value'] == scored[top] and about['metric'] == 'modes/hq'
  assert set(nets) == {'g'}                 # what samples are made with
  exp, _, state, _ = experiment.open_run(workdir, step=top)
  wanted = state.ema.get('g', state.params['g'])
  jax.tree.map(np.testing.assert_array_equal, nets['g']['params'],
               jax.device_get(wanted))
  # Put into another state of the game they draw the same.
  other = exp.init()
  other = other.replace(
      params={**other.params, 'g': nets['g']['params']},
      ema={k: nets['g']['params'] for k in other.ema})
  draw = lambda s: sample(exp.game, s, exp.source.spec.zeros(8),
                          jax.random.key(3))['x']
  np.testing.assert_array_equal(draw(state), draw(other))


@pytest.mark.parametrize('name, words', [
    ('mods/hq', "'mods'. Did you mean 'modes'"),
    ('modes/balance', r'higher better, or lower\? Say \+modes/balance')])
def test_what_is_wrong_with_best(tmp_path, name, words):
  c = tiny('gan_ring', **{'checkpoint.best': name})
  with pytest.raises(errors.ConfigError, match=words):
    train.train(c, tmp_path / 'new', progress=False)
  assert not (tmp_path / 'new').exists()


def test_a_number_that_no_evaluator_gives(run):
  exp = experiment.build(run[0])
  exp.config['checkpoint']['best'] = '-modes/hqq'
  made = best.Best(exp, run[1], checkpoint.Checkpointer(run[1] / 'none'))
  with pytest.raises(errors.ConfigError, match="Did you mean 'modes/hq'"):
    made.score(5, {'modes/hq': 1.})
  assert made.score(5, {'other/x': 1.}) is None
  assert made.score(5, {}) is None


def test_lower_and_nan():
  class Exp:
    config = dict(checkpoint=dict(best='fid/fid', keep_best=1), evals=dict(
        fid={}))
  class Saved:
    scores = staticmethod(lambda: {3: -10.})
  made = best.Best(Exp, 'w', Saved)
  assert made.score(4, {'fid/fid': np.array([8., 10.])}) == -9.
  assert made.score(4, {'fid/fid': float('nan')}) is None
  assert made.is_best(4, -9.) and not made.is_best(4, -10.)
  assert not made.is_best(4, None)


def test_averages_and_statistics_are_exported():
  exp = experiment.build(tiny('dcgan_mnist'))
  state = exp.init()
  for ema in ({}, {'g': jax.tree.map(lambda x: x + 1, state.params['g'])}):
    found = best.sampled(exp, state.replace(ema=ema))
    assert set(found) == {'g'}
    assert 'batch_stats' in found['g']
    wanted = {'params': ema.get('g', state.params['g']), **state.stats['g']}
    jax.tree.map(np.testing.assert_array_equal, leaves(found['g']),
                 leaves(wanted))
