"""Contests: means, standard errors and verdicts by hand."""

import math

import pytest

from gans_jax.errors import ConfigError
from gans_jax.studies import contest


def row(config, mean, std, seeds=3, metric='kid/kid'):
  return dict(system='s', config=config, seeds=seeds, overrides={}, claims=[
      dict(label='kid', metric=metric, mean=mean, std=std)])


ROWS = [row('old', 9., 9.), row('old', .5, .3), row('new', .1, .3),
        row('same', .4, .3), row('one', .1, 0., seeds=1)]


def test_the_difference_is_weighed_by_its_standard_error():
  first, new, same = contest.compare('old', ['new', 'same'], 'kid/kid', ROWS)
  assert first.mean == .5, 'the newest row counts'
  assert new.error == pytest.approx(.3 / math.sqrt(3))
  assert new.better == pytest.approx(.4)
  assert new.noise == pytest.approx(.3 * math.sqrt(2 / 3))
  assert new.beats and not same.beats
  assert '| new | 3 | 0.1 ± 0.17 | 0.4 ± 0.24 | better |' in contest.table(
      [first, new, same])
  assert '**not better**' in contest.table([first, new, same])


def test_higher_may_be_better():
  _, new = contest.compare('old', ['new'], 'kid/kid', ROWS, lower=False)
  assert new.better == pytest.approx(-.4) and not new.beats


@pytest.mark.parametrize('others, metric, match', [
    (['nwe'], 'kid/kid', 'nwe.*new'), (['new'], 'kid/kd', 'kid/kid'),
    (['one'], 'kid/kid', 'one seed')])
def test_bad_input(others, metric, match):
  with pytest.raises(ConfigError, match=match):
    contest.compare('old', others, metric, ROWS)
