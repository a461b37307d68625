"""Curves as inline SVG, in the colours of the page's theme."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np

from gans_jax.report_parts import page

WIDTH, HEIGHT = 520, 270
LEFT, RIGHT, TOP, BOTTOM = 76, 14, 10, 42   # room for the axes
POINTS = 150                                # of a curve that is drawn
COLOURS = 8


@dataclasses.dataclass(frozen=True)
class Series:
  """A curve: `y` at steps `x`; nan is a gap.

  `low` and `high`, if given, bound a band such as that of several seeds.
  """

  name: str
  x: np.ndarray
  y: np.ndarray
  low: np.ndarray | None = None
  high: np.ndarray | None = None


def downsample(series: Series, points: int = POINTS) -> Series:
  """At most `points` means of equally many neighbours, with their range.

  Values that are not finite do not count; where none is, a gap stays.
  """
  n = len(series.x)
  if n <= points:
    return series
  edges = np.linspace(0, n, points + 1).astype(int)
  low = series.y if series.low is None else series.low
  high = series.y if series.high is None else series.high
  out = np.full((4, points), np.nan)
  for i, (a, b) in enumerate(itertools.pairwise(edges)):
    out[0, i] = series.x[a:b].mean()
    for row, (values, reduce) in enumerate(
        ((series.y, np.mean), (low, np.min), (high, np.max)), 1):
      values = values[a:b][np.isfinite(values[a:b])]
      if len(values):
        out[row, i] = reduce(values)
  return Series(series.name, *out)


def ticks(low: float, high: float, n: int = 7) -> list[float]:
  """At most n + 1 round numbers in [low, high], 1, 2 or 5 times 10^k apart."""
  raw = (high - low) / n
  power = 10. ** math.floor(math.log10(raw))
  step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * .999)
  first = math.ceil(low / step - 1e-9)
  count = math.floor(high / step + 1e-9) - first + 1
  return [float(f'{(first + i) * step:.10g}') for i in range(count)]


def label(x: float) -> str:
  """Short: 25k, 1.5M, 0.02, 1e−06."""
  for size, unit in ((1e9, 'G'), (1e6, 'M'), (1e3, 'k')):
    if abs(x) >= size:
      return f'{x / size:.4g}{unit}'.replace('-', '\N{MINUS SIGN}')
  return f'{x:.4g}'.replace('-', '\N{MINUS SIGN}')


@dataclasses.dataclass(frozen=True)
class Axis:
  """Maps [low, high], or its logarithm, to [0, size] pixels."""

  low: float
  high: float
  size: float
  log: bool = False

  def __call__(self, values):
    if self.log:
      with np.errstate(divide='ignore', invalid='ignore'):
        values = np.log10(values)
    return (values - self.low) / (self.high - self.low) * self.size

  def ticks(self) -> list[tuple[float, str]]:
    """(pixel, text)."""
    if self.log:
      step = max(1, math.ceil((self.high - self.low) / 6))
      powers = range(math.ceil(self.low), math.floor(self.high) + 1, step)
      return [(float(self(10. ** p)), label(10. ** p)) for p in powers]
    return [(float(self(t)), label(t)) for t in ticks(self.low, self.high)]


def y_axis(values: np.ndarray) -> Axis:
  """An axis for finite values: of logarithms where they span 3 decades.

  A few far values, such as the first losses, do not squeeze the rest: the
  lowest or highest 1 % are left out where they alone would make the axis more
  than twice as long.
  """
  size = HEIGHT - TOP - BOTTOM
  if not len(values):
    return Axis(0., 1., size)
  low, high = values.min(), values.max()
  if low > 0 and high / low > 1e3:
    return Axis(math.floor(math.log10(low)), math.ceil(math.log10(high)),
                size, log=True)
  inner = np.percentile(values, (1, 99))
  spread = np.ptp(inner)
  if len(values) >= 50 and spread > 0:
    low = inner[0] if inner[0] - low > spread else low
    high = inner[1] if high - inner[1] > spread else high
  margin = .06 * (high - low) or .1 * abs(high) or 1.
  return Axis(low - margin, high + margin, size)


def chart(title: str, series: Sequence[Series], unit: str,
          x_title: str = 'step') -> str:
  """A figure: title, legend with last values, curves, notes.

  Args:
    title: of the figure.
    series: one curve or more; long ones are downsampled.
    unit: title of the y axis.
    x_title: of the x axis.
  """
  notes = []
  everything = np.concatenate([s.y for s in series])
  finite = everything[np.isfinite(everything)]
  broken = int(np.isinf(everything).sum())
  if broken:
    notes.append(f'{broken} values are infinite and left out.')
  if not len(finite):
    return _figure(title, '', page.note(
        f'{", ".join(s.name for s in series)}: no finite value yet.'), notes)
  if any(len(s.x) > POINTS for s in series):
    notes.append('Lines are means of neighbouring rows, bands their range.')
  elif any(s.low is not None for s in series):
    notes.append('Lines are means over the seeds, bands their range.')
  bands = np.concatenate([[], *(b for s in series for b in (s.low, s.high)
                                if b is not None)])
  y = y_axis(np.concatenate([finite, bands[np.isfinite(bands)]]))
  drawn = [downsample(s) for s in series]
  steps = np.concatenate([s.x for s in drawn])
  x0, x1 = float(min(0, steps.min())), float(steps.max())
  x1 += .01 * (x1 - x0) or 1.
  x = Axis(x0, x1, WIDTH - LEFT - RIGHT)
  at = y(finite)
  outside = int(((at < 0) | (at > y.size)).sum())
  if outside:
    least, most = (page.number(float(f(finite))) for f in (np.min, np.max))
    notes.append(f'Far values are cut off: {outside} of {len(finite)}; all go '
                 f'from {least} to {most}.')
  body = _axes(x, y, x_title, unit + (' (log)' if y.log else ''))
  # A nested svg cuts off what leaves the frame.
  body += (f'<svg x="{LEFT}" y="{TOP}" width="{x.size}" height="{y.size}" '
           f'viewBox="0 0 {x.size} {y.size}">')
  body += ''.join(_curve(s, x, y, f'var(--c{i % COLOURS})')
                  for i, s in enumerate(drawn))
  svg = (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
         f'aria-label="{page.escape(title)}">{body}</svg></svg>')
  return _figure(title, _legend(series), svg, notes)


def _figure(title, legend, body, notes):
  return ('<figure class="chart"><figcaption><b>'
          f'{page.escape(title)}</b></figcaption>{legend}{body}'
          + (f'<p class="soft small">{page.escape(" ".join(notes))}</p>'
             if notes else '') + '</figure>')


def _legend(series):
  out = []
  for i, s in enumerate(series):
    known = s.y[np.isfinite(s.y)]
    last = page.number(float(known[-1])) if len(known) else 'no value'
    out.append(
        f'<span><i style="background:var(--c{i % COLOURS})"></i>'
        f'{page.escape(s.name)} <span class="soft">{last}</span></span>')
  return f'<div class="legend">{"".join(out)}</div>'


def _axes(x, y, x_title, y_title):
  bottom, out = TOP + y.size, []
  for at, text in y.ticks():
    h = bottom - at
    out.append(
        f'<path class="grid" d="M{LEFT} {h:.1f}h{x.size}"/><text '
        f'x="{LEFT - 6}" y="{h + 4:.1f}" text-anchor="end">{text}</text>')
  for at, text in x.ticks():
    out.append(f'<path class="axis" d="M{LEFT + at:.1f} {bottom}v4"/><text '
               f'x="{LEFT + at:.1f}" y="{bottom + 17}" '
               f'text-anchor="middle">{text}</text>')
  out.append(f'<path class="axis" d="M{LEFT} {bottom}h{x.size}"/>'
             f'<text x="{LEFT + x.size / 2}" y="{HEIGHT - 6}" '
             f'text-anchor="middle">{page.escape(x_title)}</text>')
  middle = TOP + y.size / 2
  out.append(f'<text transform="translate(13 {middle}) rotate(-90)" '
             f'text-anchor="middle">{page.escape(y_title)}</text>')
  return ''.join(out)


def _curve(s, x, y, colour):
  at, height, out = x(s.x), y.size - y(s.y), []
  if s.low is not None:
    low, high = y.size - y(s.low), y.size - y(s.high)
    for run in _runs(np.isfinite(low) & np.isfinite(high)):
      if len(run) > 1:
        there, back = run, run[::-1]
        edge = _join(np.r_[at[there], at[back]], np.r_[high[there], low[back]])
        out.append(f'<path d="M{edge}z" fill="{colour}" '
                   'opacity=".18"/>')
  few = len(s.x) <= 40
  for run in _runs(np.isfinite(height)):
    if len(run) > 1:
      out.append(f'<path d="M{_join(at[run], height[run])}" fill="none" '
                 f'stroke="{colour}" stroke-width="1.8" '
                 'stroke-linejoin="round"/>')
    if few or len(run) == 1:   # a value between gaps has no line
      out += [
          f'<circle cx="{at[i]:.1f}" cy="{height[i]:.1f}" '
          f'r="{3 if few else 1.6}" fill="{colour}"><title>'
          f'{page.escape(s.name)} at {page.number(float(s.x[i]))}: '
          f'{page.number(float(s.y[i]))}</title></circle>' for i in run]
  return ''.join(out)


def _runs(valid: np.ndarray) -> list[np.ndarray]:
  """Indices of each stretch of True."""
  index = np.flatnonzero(valid)
  return [r for r in np.split(
      index, np.flatnonzero(np.diff(index) > 1) + 1) if len(r)]


def _join(x, y):
  # Far points are brought near: some viewers draw huge numbers wrongly.
  return 'L'.join(f'{a:.1f} {b:.1f}' for a, b in zip(
      x, np.clip(y, -1e4, 1e4), strict=True))
