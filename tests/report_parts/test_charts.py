"""Curves: where points are drawn, gaps, ticks, downsampling."""

import math
import re

import numpy as np
import pytest

from gans_jax.report_parts import charts
from gans_jax.report_parts import page as pages

nan = math.nan


def series(y, name='a', **kwargs):
  y = np.asarray(y, float)
  return charts.Series(name, np.arange(len(y), dtype=float), y, **kwargs)


def lines(svg):
  """The points [(x, y), ...] of each line."""
  return [[tuple(map(float, p.split())) for p in d.split('L')]
          for d in re.findall(r'<path d="M([^"z]*)" fill="none"', svg)]


def test_a_line_goes_through_its_points():
  svg = charts.chart('t', [series([0, 10, 5])], 'u')
  ((a, b, c),) = lines(svg)
  assert a[0] == 0 and c[0] > 400
  assert b[0] == pytest.approx(c[0] / 2, abs=.1)
  assert b[1] < c[1] < a[1]    # y grows downwards
  assert c[1] == pytest.approx((a[1] + b[1]) / 2, abs=.1)


def test_nan_is_a_gap_and_a_lonely_value_a_dot():
  y = np.ones(60)
  y[10], y[20], y[22] = nan, nan, nan
  svg = charts.chart('t', [series(y)], 'u')
  assert [len(line) for line in lines(svg)] == [10, 9, 37]
  assert svg.count('<circle') == 1 and 'a at 21: 1' in svg


def test_infinities_are_counted_and_left_out():
  svg = charts.chart('t', [series([1, math.inf, 2, 3])], 'u')
  assert '1 values are infinite' in svg and 'inf"' not in svg
  assert [len(line) for line in lines(svg)] == [2]


def test_long_curves_are_means_with_their_range():
  y = np.tile([0., 2.], 5000)
  y[-1000:] = nan
  small = charts.downsample(series(y))
  assert len(small.x) == charts.POINTS
  np.testing.assert_allclose(small.y[:100], 1, atol=.02)
  assert small.low[0] == 0 and small.high[0] == 2
  assert np.isnan(small.y[-15:]).all() and np.isfinite(small.y[:-15]).all()
  assert small.x[0] < 100 and small.x[-1] > 9900
  short = series(y[:charts.POINTS])
  assert charts.downsample(short) is short


def test_downsampling_ignores_nan_among_numbers():
  y = np.full(charts.POINTS * 4, 3.)
  y[::2] = nan
  assert (charts.downsample(series(y)).y == 3).all()


@pytest.mark.parametrize('low, high, expected', [
    (0, 10, [0, 2, 4, 6, 8, 10]), (.72, .96, [.75, .8, .85, .9, .95]),
    (-1.1, 1.1, [-1, -.5, 0, .5, 1]), (0, 3000, list(range(0, 3001, 500)))])
def test_ticks_are_round(low, high, expected):
  assert charts.ticks(low, high) == expected


@pytest.mark.parametrize('x, expected', [
    (1500, '1.5k'), (2e6, '2M'), (.025, '0.025'), (-3, '−3'), (0, '0')])
def test_labels_are_short(x, expected):
  assert charts.label(x) == expected


def test_decades_make_the_axis_logarithmic():
  axis = charts.y_axis(np.array([.001, .1, 100.]))
  assert axis.log and axis(10.) - axis(1.) == pytest.approx(
      axis(.1) - axis(.01))
  assert [t for _, t in axis.ticks()] == ['0.001', '0.01', '0.1', '1', '10',
                                         '100']
  assert not charts.y_axis(np.array([-.001, 100.])).log
  assert '(log)' in charts.chart('t', [series([.001, 100])], 'u')


def test_a_far_first_value_does_not_squeeze_the_rest():
  y = np.linspace(1, 2, 120)
  y[0] = 80
  axis = charts.y_axis(y)
  assert .5 < axis.low < 1.1 and 1.9 < axis.high < 2.5
  svg = charts.chart('t', [series(y)], 'u')
  assert '1 of 120' in svg and '1.008 to 80' in svg
  axis = charts.y_axis(np.linspace(1, 2, 120))
  assert axis.low < 1 and axis.high > 2


def test_one_value_and_none():
  for y in ([5.], [0.], [7., 7., 7.]):
    svg = charts.chart('t', [series(y)], 'u')
    assert svg.count('<circle') == len(y) and 'nan' not in svg
  assert 'no finite value yet' in charts.chart('t', [series([nan])], 'u')


def test_the_range_of_seeds_is_a_band_within_the_axis():
  low, high = np.array([0., 1., 2.]), np.array([8., 9., 10.])
  svg = charts.chart('t', [series([4, 5, 6], low=low, high=high)], 'u')
  (band,) = re.findall(r'<path d="M([^"]*)z"', svg)
  ys = [float(p.split()[1]) for p in band.split('L')]
  assert len(ys) == 6 and min(ys) > 0
  assert max(ys) < charts.HEIGHT - charts.TOP - charts.BOTTOM
  assert 'over the seeds' in svg


def test_names_are_escaped():
  svg = charts.chart('<b>', [series([1, 2], name='<i>&"')], '<u>')
  for raw in ('<b>&', '<i>&', '<u>', '"<'):
    assert raw not in svg.replace('<b>&lt;b&gt;</b>', '')
  assert '&lt;i&gt;&amp;&quot;' in svg and '&lt;u&gt;' in svg


@pytest.mark.parametrize('x, expected', [
    (12345, '12,345'), (12345.6, '12,346'), (.5, '0.5'), (3., '3'),
    (-1.25, '−1.25'), (1.2e-5, '1.2e−05'), (nan, 'nan'), (-math.inf, '−inf')])
def test_numbers(x, expected):
  assert pages.number(x) == expected


@pytest.mark.parametrize('seconds, expected', [
    (0, '0 s'), (7.4, '7 s'), (200, '3 min 20 s'), (3600, '1 h'),
    (18120, '5 h 2 min'), (3 * 86400 + 4 * 3600 + 5, '3 d 4 h')])
def test_durations(seconds, expected):
  assert pages.duration(seconds) == expected
