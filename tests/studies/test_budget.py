"""Best of k: against enumeration, and over runs on disk."""

import itertools
import json

import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.studies import budget


def test_best_of_two_of_four():
  """Scores 1 to 4: (7 x 1 + 5 x 2 + 3 x 3 + 1 x 4) / 16 = 30 / 16."""
  assert budget.best_of([4, 2, 1, 3], 2).value == 1.875
  assert budget.best_of([4, 2, 1, 3], 2, lower=False).value == 5 - 1.875


@pytest.mark.parametrize('k', [1, 2, 3, 5])
@pytest.mark.parametrize('lower', [True, False])
def test_mean_and_interval_are_those_of_all_draws(k, lower):
  scores = [3., .5, 3., 7., -1.]
  pick = min if lower else max
  draws = [pick(d) for d in itertools.product(scores, repeat=k)]
  got = budget.best_of(scores, k, lower, level=.8)
  np.testing.assert_allclose(got.value, np.mean(draws), rtol=1e-12)
  sign = 1 if lower else -1
  ends = sign * np.quantile(sign * np.array(draws), [.1, .9],
                            method='inverted_cdf')
  assert (got.low, got.high) == tuple(sorted(ends))


def test_more_runs_are_never_worse():
  scores = np.random.default_rng(0).lognormal(size=30)
  curve = [budget.best_of(scores, k).value for k in range(1, 101)]
  assert all(b <= a for a, b in zip(curve, curve[1:]))
  assert curve[0] == pytest.approx(scores.mean())
  assert budget.best_of(scores, 10_000).value == pytest.approx(scores.min())


def test_a_run_counts_by_its_best_evaluation(tmp_path):
  for name, fids in dict(a=[9., 4., 6.], b=[8., 7., np.nan],
                         c=[np.nan]).items():
    rows = [dict(kind='eval', step=i, time=0., evaluator='fid',
                 values={'fid/fid': v}) for i, v in enumerate(fids)]
    (tmp_path / name).mkdir()
    (tmp_path / name / 'metrics.jsonl').write_text(
        ''.join(json.dumps(r) + '\n' for r in rows))
  scores = [budget.best(tmp_path / n, 'fid/fid') for n in 'ab']
  assert scores == [4., 7.]
  got = budget.table(dict(gan=scores)).splitlines()
  assert got[0] == '| best of | gan (2 runs) |'
  assert got[2:] == ['| 1 | 5.5 (4 to 7) |', '| 2 | 4.75 (4 to 7) |']
  with pytest.raises(ConfigError, match='fid/fid'):
    budget.best(tmp_path / 'a', 'fid/fd')
  with pytest.raises(ConfigError, match='never finite'):
    budget.best(tmp_path / 'c', 'fid/fid')


@pytest.mark.parametrize('scores, k, level', [
    ([], 1, .95), ([1., np.nan], 1, .95), ([1.], 0, .95), ([1.], 1, 1.)])
def test_bad_input(scores, k, level):
  with pytest.raises(ValueError, match='best of k'):
    budget.best_of(scores, k, level=level)
