"""Claims against rows of metrics.jsonl written by hand."""

import importlib
import json

import numpy as np
import pytest

from gans_jax import errors
from gans_jax.studies import acceptance, results


def train_row(step, **values):
  return dict(kind='train', step=step,
              values={k: float(np.mean(v)) for k, v in values.items()},
              seeds={k: v for k, v in values.items()})


ROWS = [train_row(i, **{'d/gap': [10. - i, 20. - i]}) for i in range(10)] + [
    dict(kind='eval', step=5, values={'modes/hq': .1},
         seeds={'modes/hq': [.1, .1]}),
    dict(kind='eval', step=9, values={'modes/hq': .7},
         seeds={'modes/hq': [.6, .8]})]


def test_the_last_evaluation_counts_and_the_mean_decides():
  got = acceptance.judge('q', dict(metric='modes/hq', min=.7), ROWS, 2)
  assert got.values == (.6, .8) and got.passed
  np.testing.assert_allclose(
      [got.mean, got.std], [.7, np.std([.6, .8], ddof=1)])
  assert not acceptance.judge(
      'q', dict(metric='modes/hq', min=.71), ROWS, 2).passed
  assert not acceptance.judge(
      'q', dict(metric='modes/hq', max=.69), ROWS, 2).passed


def test_the_median_decides_where_it_is_asked_for():
  rows = [dict(kind='eval', step=9, values={'a/b': .72},
               seeds={'a/b': [.3, .9, .96]})]
  claim = dict(metric='a/b', min=.85)
  assert not acceptance.judge('q', claim, rows, 3).passed
  got = acceptance.judge('q', dict(claim, over='median'), rows, 3)
  assert got.passed and got.row()['median'] == .9
  assert 'median' not in acceptance.judge('q', claim, rows, 3).row()
  with pytest.raises(errors.ConfigError, match="Did you mean 'median'"):
    acceptance.judge('q', dict(claim, over='medain'), rows, 3)
  row = dict(config='c', system='s', seeds=3, steps=1, seconds=1,
             overrides={}, claims=[got.row()])
  assert '(0.3, 0.9, 0.96), median 0.9 |' in results.table([row])


def test_rows_keep_what_the_last_evaluations_said_beside_claims():
  rows = ROWS + [dict(kind='eval', step=9, values={'a/x': .2, 'a/x_low': .1},
                      seeds={'a/x': [.1, .3], 'a/x_low': [.1]}),
                 dict(kind='eval', step=9, values={'a/y': np.nan},
                      seeds={'a/y': [1., np.nan]})]
  assert acceptance.last_values(rows, 2) == {
      'a/x': [.1, .3], 'modes/hq': [.6, .8]}
  assert acceptance.last_values(
      [dict(kind='eval', step=1, values={'a/x': 1.})], 1) == {'a/x': [1.]}
  assert acceptance.last_values(rows[:1], 2) == {}


def test_a_ratio_is_of_each_seed():
  rows = ROWS + [dict(kind='eval', step=9, values={'last/hq': .6},
                      seeds={'last/hq': [.3, .8]})]
  claim = dict(metric='modes/hq over last/hq', max=1.6)
  got = acceptance.judge('q', claim, rows, 2)
  np.testing.assert_allclose(got.values, [2., 1.])
  assert got.passed and got.metric == claim['metric']
  got = acceptance.judge('q', dict(
      metric='modes/hq over d/gap:last', max=1.), rows, 2)
  np.testing.assert_allclose(got.values, [.6 / 1., .8 / 11.])
  with pytest.raises(errors.ConfigError, match='lost/hq'):
    acceptance.judge('q', dict(metric='modes/hq over lost/hq', max=1), rows, 2)


def test_a_difference_may_be_of_two_steps_of_one_evaluation():
  claim = dict(metric='modes/hq less modes/hq:at_5', min=.6)
  got = acceptance.judge('q', claim, ROWS, 2)
  np.testing.assert_allclose(got.values, [.5, .7])
  assert got.passed and got.metric == claim['metric']
  with pytest.raises(errors.ConfigError, match='unknown step of modes/hq.*_9'):
    acceptance.judge('q', dict(metric='modes/hq:at_7', min=0), ROWS, 2)


def test_a_seed_that_is_nan_is_a_miss():
  rows = [dict(kind='eval', step=1, values={'a/b': 1.},
               seeds={'a/b': [1., float('nan')]})]
  assert not acceptance.judge('q', dict(metric='a/b', min=0.), rows, 2).passed


@pytest.mark.parametrize('reduction, want', [
    ('last', [1., 11.]), ('late', [1., 11.]),
    ('late_std', [.5, .5]), ('last_over_max', [.1, 11 / 20]),
    ('at_4', [6., 16.])])
def test_reductions_of_training_metrics(reduction, want):
  claim = dict(metric=f'd/gap:{reduction}', max=9.)
  got = acceptance.judge('w', claim, ROWS, 2)
  np.testing.assert_allclose(got.values, want)


def test_single_runs_have_no_seeds_in_their_rows():
  rows = [dict(kind='eval', step=1, values={'a/b': 3.})]
  got = acceptance.judge('q', dict(metric='a/b', min=3.), rows, 1)
  assert got.values == (3.,) and got.std == 0. and got.passed


@pytest.mark.parametrize('claim, message', [
    (dict(metric='modes/hq'), 'neither min nor max'),
    (dict(metric='modes/hqq', min=1.), "Did you mean 'modes/hq'"),
    (dict(metric='d/gap:lst', min=1.), "Did you mean 'last'"),
    (dict(metric='d/gap:at_99', min=1.), "unknown step of d/gap.*at_9")])
def test_bad_claims(claim, message):
  with pytest.raises(errors.ConfigError, match=message):
    acceptance.judge('q', claim, ROWS, 2)


def test_experiments_of_a_system_or_a_config():
  assert 'gan_ring' in acceptance.experiments('gan')
  assert list(acceptance.experiments('gan_ring')) == ['gan_ring']
  assert set(acceptance.experiments('all')) >= {'wgan_ring', 'cgan_digits'}
  with pytest.raises(errors.ConfigError, match="Did you mean 'gan_ring'"):
    acceptance.experiments('gan_rng')


def test_a_run_is_judged_over_seeds_and_appended(tmp_path, monkeypatch):
  tiny = importlib.import_module('configs.gan_ring').get_config('tiny')
  tiny.log.tensorboard = False
  tiny.accept = dict(all=dict(metric='modes/hq', min=0.),
                     none=dict(metric='modes/modes', min=9.))
  module = importlib.import_module('configs.gan_ring')
  monkeypatch.setattr(module, 'get_config', lambda: tiny)
  row = acceptance.run('gan_ring', tmp_path / 'run', seeds=2, progress=False)
  assert [c['passed'] for c in row['claims']] == [True, False]
  assert not row['passed'] and len(row['claims'][0]['values']) == 2
  assert row['values']['modes/hq'] == row['claims'][0]['values']
  store = tmp_path / 'results.jsonl'
  results.append(row, store)
  results.append({**row, 'seconds': 60.}, store)
  assert results.read(store) == [
      json.loads(json.dumps(r)) for r in (row, {**row, 'seconds': 60.})]
  table = results.table(results.read(store))
  assert table.count('gan_ring.py') == 1 and '| 1.0 |' in table
  assert '**missed**' in table and 'reached' in table


def test_a_run_with_other_settings_is_no_result_of_the_config():
  row = dict(config='a', system='a', overrides={'steps': 1}, claims=[])
  assert results.latest([row]) == []
