"""configs/results.jsonl: every acceptance run; and the tables made from it."""

import json
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from gans_jax import files
from gans_jax.studies import modes, zoo

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORE = ROOT / 'configs' / 'results.jsonl'
TABLES = (ROOT / 'README.md', ROOT / 'configs' / 'README.md')


def append(row: Mapping[str, Any], store: pathlib.Path = STORE) -> None:
  """Adds a row; the file is replaced whole."""
  text = store.read_text() if store.exists() else ''
  files.write_atomic(store, text + json.dumps(row) + '\n')


def read(store: pathlib.Path = STORE) -> list[dict[str, Any]]:
  """All rows, oldest first."""
  if not store.exists():
    return []
  return [json.loads(line) for line in store.read_text().splitlines() if line]


def latest(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
  """The newest row of each config run as it stands, by system and config."""
  newest = {row['config']: row for row in rows if not row['overrides']}
  return sorted(newest.values(), key=lambda r: (r['system'], r['config']))


def table(rows: Iterable[Mapping[str, Any]]) -> str:
  """Markdown: a line for each claim of the newest run of each config."""
  lines = ['| system | config | claim | seeds: mean ± std (each) | bound | '
           'verdict | steps | minutes |',
           '|---|---|---|---|---|---|---|---|']
  for row in latest(rows):
    for i, claim in enumerate(row['claims']):
      each = ', '.join(f'{v:.4g}' for v in claim['values'])
      bound = ' and '.join(
          f'{sign} {claim[key]:g}' for key, sign in (('min', '≥'), ('max', '≤'))
          if claim[key] is not None)
      first = i == 0
      lines.append('| ' + ' | '.join([
          row['system'] if first else '',
          f'[{row["config"]}]({row["config"]}.py)' if first else '',
          f'{claim["label"]} (`{claim["metric"]}`)',
          f'{row["seeds"]}: {claim["mean"]:.4g} ± {claim["std"]:.2g} ({each})'
          + (f', median {claim["median"]:.4g}' if 'median' in claim else ''),
          bound, 'reached' if claim['passed'] else '**missed**',
          f'{row["steps"]:,}' if first else '',
          f'{row["seconds"] / 60:.1f}' if first else '']) + ' |')
  return '\n'.join(lines)


def render(text: str, rows: Iterable[Mapping[str, Any]], folder: str) -> str:
  """`text` with the part between its marks made anew.

  Args:
    text: of a README.
    rows: of the store.
    folder: from that README to the configs, '' or 'configs/'.

  Raises:
    ValueError: the marks are missing.
  """
  return files.marked(text, 'results', re.sub(
      r'\]\((\w+\.py)\)', rf']({folder}\1)', table(rows)))


def update_tables(store: pathlib.Path = STORE) -> None:
  """Writes the tables of the READMEs anew."""
  rows = read(store)
  for path in TABLES:
    folder = '' if path.parent == store.parent else 'configs/'
    text = render(path.read_text(), rows, folder)
    if path == TABLES[0]:
      text = modes.render(zoo.render(text, latest(rows)), latest(rows))
    files.write_atomic(path, text)
