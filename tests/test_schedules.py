"""Schedules against what they say, step by step."""

import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors, schedules


def steps(when, n):
  return [bool(x) for x in np.asarray(when(jnp.arange(n)))]


def test_every_after_between():
  assert steps(schedules.every(3), 7) == [True, False, False] * 2 + [True]
  assert steps(schedules.every(3, 1), 4) == [False, True, False, False]
  assert steps(schedules.after(2), 4) == [False, False, True, True]
  assert steps(schedules.between(1, 3), 4) == [False, True, True, False]


def test_ramp():
  value = schedules.ramp(10, 20, 1., 3.)
  np.testing.assert_allclose(
      [value(s) for s in (0, 10, 15, 20, 99)], [1., 1., 2., 3., 3.])


@pytest.mark.parametrize('first, period, length', [(25, 500, 20), (2, 5, 3),
                                                   (0, 4, 2), (3, 3, 2)])
def test_bursts_are_those_of_the_published_loop(first, period, length):
  """Counts critic rounds before each generator step, as the loop does."""
  want = []
  for g in range(3 * period):
    burst = g < first or (g % period == 0 and (g > 0 or first > 0))
    want.append(length if burst else 1)
  when = steps(schedules.bursts(first, period, length), sum(want))
  moves = [i for i, m in enumerate(when) if m]
  assert np.diff([-1, *moves]).tolist() == want


def test_bursts_refuses_more_first_than_period():
  with pytest.raises(ValueError, match='first'):
    schedules.bursts(10, 5)


def test_averages_by_net():
  averages = schedules.averages
  assert averages(0., 'gd') == averages({}, 'gd') == {}
  assert averages(.9, 'gd') == dict(g=.9)
  late = averages(dict(d=.9, q=.5), 'gdq', start=3)
  assert [float(late['q'](step)) for step in (0, 2, 3)] == [0, 0, .5]
  given = lambda step: .9
  assert averages(given, 'gd', start=3) == dict(g=given)
  with pytest.raises(errors.ConfigError, match="'q'.*d, g"):
    averages(dict(q=.9), 'gd')
