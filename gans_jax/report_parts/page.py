"""HTML of one page that needs nothing else: no script, no font, no request."""

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Colours are told apart without red and green, in a light and a dark theme.
STYLE = '''
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1b2430; --soft: #5d6b7c;
  --line: #dfe4ea; --mark: #fff3cd; --good: #14794a; --bad: #b3261e;
  --c0: #2268c4; --c1: #d9680f; --c2: #12806f; --c3: #a2349b; --c4: #8a6d00;
  --c5: #5c6470; --c6: #c2294b; --c7: #2a93b8 }
@media (prefers-color-scheme: dark) { :root {
  --page: #12161c; --card: #1b212a; --ink: #e6eaf0; --soft: #9aa7b6;
  --line: #303947; --mark: #4a3f14; --good: #57c78f; --bad: #ff8a80;
  --c0: #6ea8ff; --c1: #ffa657; --c2: #4ecdb6; --c3: #e08ade; --c4: #e3c34a;
  --c5: #aab4c2; --c6: #ff7b95; --c7: #6fd0f0 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans",
  sans-serif }
main { max-width: 1120px; margin: 0 auto; padding: 20px 16px 60px }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere }
h2 { font-size: 1.2rem; margin: 0 0 10px }
h3 { font-size: 1rem; margin: 18px 0 6px }
p { margin: 6px 0; max-width: 75ch }
a { color: var(--c0) }
.soft { color: var(--soft) } .good { color: var(--good) }
.bad { color: var(--bad) } small, .small { font-size: .85rem }
section, header { background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: 18px; margin: 0 0 16px }
header .top { display: flex; flex-wrap: wrap; gap: 6px 14px;
  align-items: center }
.pill { border: 1px solid; border-radius: 99px; padding: 1px 12px;
  font-size: .85rem }
nav { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 14px;
  font-size: .9rem }
.tiles { display: grid; gap: 10px; margin: 16px 0;
  grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)) }
.tiles div { border: 1px solid var(--line); border-radius: 8px;
  padding: 8px 12px }
.tiles b { display: block; font-size: 1.05rem; overflow-wrap: anywhere }
pre { margin: 6px 0; padding: 10px 12px; overflow-x: auto;
  border: 1px solid var(--line); border-radius: 8px; background: var(--page);
  font-size: .85rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem }
th, td { text-align: left; padding: 4px 14px 4px 0; vertical-align: top;
  border-bottom: 1px solid var(--line) }
th { font-weight: 600; color: var(--soft) }
td { overflow-wrap: anywhere } table.numbers td { white-space: nowrap }
table.numbers td, table.numbers th { padding-right: 24px }
td.key { color: var(--soft); white-space: nowrap }
tr.changed td { background: var(--mark) }
.columns { columns: 2 420px; column-gap: 32px }
.columns > div { break-inside: avoid; margin-bottom: 16px }
.columns h3 { margin-top: 0 } .columns table { width: 100% }
.columns td.key { width: 40% }
.charts { display: grid; gap: 18px 24px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)) }
figure { margin: 0 } figcaption { font-size: .9rem }
.chart { max-width: 640px } .chart svg { width: 100%; height: auto;
  display: block }
.legend { display: flex; flex-wrap: wrap; gap: 0 16px; font-size: .85rem }
.legend i { display: inline-block; width: 16px; height: 3px;
  margin: 0 6px 4px 0; border-radius: 2px }
svg text { fill: var(--soft); font: 12.5px system-ui, "DejaVu Sans",
  sans-serif }
svg .grid { stroke: var(--line) } svg .axis { stroke: var(--soft) }
.thumbs { display: grid; gap: 12px;
  grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)) }
.thumbs.few { grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)) }
.thumbs img { width: 100%; display: block } img { border-radius: 4px }
.large img { display: block; width: 100%; margin-top: 6px }
@media (min-width: 760px) { .sharp { image-rendering: pixelated } }
.facts { display: grid; gap: 4px 24px; margin: 6px 0; font-size: .9rem;
  grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)) }
dt { color: var(--soft); font-size: .8rem } dd { margin: 0;
  overflow-wrap: anywhere }
@media (max-width: 600px) { svg text { font-size: 16px }
  section, header { padding: 14px } main { padding: 10px 8px 40px }
  table.numbers td, table.numbers th { padding-right: 14px } }
details { margin: 8px 0 } summary { cursor: pointer; color: var(--soft) }
'''


def escape(x: Any) -> str:
  """Text that is safe between tags and in quoted attributes."""
  return html.escape(str(x), quote=True)


def number(x: float) -> str:
  """Four digits, a true minus, thousands apart: 12,345, 0.5, −1.2e−05."""
  if isinstance(x, int) or (math.isfinite(x) and x == int(x) and
                            abs(x) < 1e15):
    text = f'{int(x):,}'
  elif math.isfinite(x) and 1e4 <= abs(x) < 1e7:
    text = f'{x:,.0f}'
  else:
    text = f'{x:.4g}'
  return text.replace('-', '\N{MINUS SIGN}')


def duration(seconds: float) -> str:
  """7 s, 3 min 20 s, 5 h 2 min, 3 d 4 h."""
  left, parts = round(seconds), []
  for unit, size in (('d', 86400), ('h', 3600), ('min', 60), ('s', 1)):
    n, left = divmod(left, size)
    if n or (unit == 's' and not parts):
      parts.append(f'{n} {unit}')
  return ' '.join(parts[:2])


def value(x: Any) -> str:
  """A value of a config or protocol, escaped."""
  if isinstance(x, bool) or x is None:
    return {True: 'yes', False: 'no', None: '<span class="soft">none</span>'}[x]
  if isinstance(x, float):
    return escape(f'{x:g}' if float(f'{x:g}') == x else repr(x))
  if isinstance(x, Mapping):
    return ', '.join(f'{escape(k)}: {value(v)}' for k, v in x.items()) or '{}'
  if isinstance(x, (list, tuple)):
    return ', '.join(map(value, x)) or '[]'
  return escape(x) if x != '' else '<span class="soft">empty</span>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]],
          kind: str = 'numbers') -> str:
  """A table of cells that are HTML already."""
  cells = lambda tag, row: ''.join(f'<{tag}>{x}</{tag}>' for x in row)
  body = ''.join(f'<tr>{cells("td", row)}</tr>' for row in rows)
  head = f'<thead><tr>{cells("th", head)}</tr></thead>'
  return (f'<div class="wide"><table class="{kind}">{head}'
          f'<tbody>{body}</tbody></table></div>')


def grid(charts: Iterable[str]) -> str:
  """Charts side by side where there is room."""
  return f'<div class="charts">{"".join(charts)}</div>'


def pairs(values: Mapping[str, Any], changed: Mapping[str, Any] | None = None,
          prefix: str = '') -> str:
  """A table of names and values; `changed` ones stand out.

  Args:
    values: name -> anything; nested mappings are not opened.
    changed: prefix + name -> default value, or None where it isn't known.
    prefix: of the names in `changed`.
  """
  changed = changed or {}
  rows = []
  for key, x in values.items():
    shown, mark = value(x), ''
    if prefix + key in changed:
      default = changed[prefix + key]
      mark = ' class="changed"'
      shown += ' <small class="soft">(changed{})</small>'.format(
          '' if default is None else f' from {value(default)}')
    rows.append(f'<tr{mark}><td class="key">{escape(key)}</td>'
                f'<td>{shown}</td></tr>')
  return f'<table>{"".join(rows)}</table>'


def facts(values: Mapping[str, Any]) -> str:
  """Names and values side by side, where a table would be too tall."""
  return '<dl class="facts">{}</dl>'.format(''.join(
      f'<div><dt>{escape(k)}</dt><dd>{value(v)}</dd></div>'
      for k, v in values.items()))


def section(name: str, title: str, body: str) -> str:
  """A part of the page, which the head of the page links to."""
  return (f'<section id="{escape(name)}"><h2>{escape(title)}</h2>{body}'
          '</section>\n')


def note(text: str) -> str:
  """A sentence in place of what isn't there, or beside what is."""
  return f'<p class="soft">{escape(text)}</p>'


def whole(title: str, body: str) -> str:
  """The document."""
  return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
          '<meta name="viewport" content="width=device-width, '
          f'initial-scale=1"><title>{escape(title)}</title>'
          f'<style>{STYLE}</style></head><body><main>\n{body}</main></body>'
          '</html>\n')
