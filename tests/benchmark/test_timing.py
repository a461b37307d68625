"""Turns and ratios, of sides whose speed is known."""

import time

import pytest

from gans_jax.benchmark import timing


def test_spread_and_ratio():
  spread = timing.Spread.of([3., 1., 2.])
  assert (spread.median, spread.min, spread.max) == (2., 1., 3.)
  assert str(spread) == '2 (1 to 3)'
  ratio = timing.Ratio.of([4., 9., 8.], [2., 3., 8.])
  assert ratio.medians == 8 / 3
  assert ratio.pairs == timing.Spread(2., 1., 3.)


def test_sides_take_turns():
  order = []

  def side(name, seconds, work):
    def play():
      order.append(name)
      time.sleep(seconds)
    return timing.Side(name, play, work)

  a, b = timing.alternate(
      [side('a', .01, 6), side('b', .03, 3)], repeats=3, seconds=.06)
  order = ''.join(order)
  assert order.startswith('aabb')
  turns = [t for t in order[4:].replace('ab', 'a b').replace('ba', 'b a'
                                                             ).split()]
  assert [t[0] for t in turns] == list('ababab')
  assert 4 <= len(turns[0]) <= 6 and 1 <= len(turns[1]) <= 2
  # Sleeping takes at least as long as asked, whatever the machine does.
  assert max(a) <= 600 and max(b) <= 100
  assert timing.Ratio.of(a, b).medians > 1


def test_a_slow_side_plays_once_a_turn():
  played = []
  side = timing.Side('slow', lambda: played.append(time.sleep(.02)), 1)
  speeds, = timing.alternate([side], repeats=2, seconds=1e-6)
  assert len(played) == 4 and len(speeds) == 2
  assert speeds[0] == pytest.approx(speeds[1], rel=3)
