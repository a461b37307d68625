"""The table of systems: paper, what was reached here, what was published."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from typing import Any

from gans_jax import files



def paper(text: str) -> str:
  """'Zhang et al. 2019' of a system's docstring.

  Its second paragraph is the citation: authors by surname, the title in quotes,
  then venue and year. Of several papers the first counts.

  Raises:
    ValueError: there is no such paragraph.
  """
  parts = ' '.join(text.split('\n\n')[1].split()) if '\n\n' in text else ''
  found = re.match(r'([^"]+?)\. "[^"]+"\S*(.*)', parts)
  years = re.findall(r'(?<![\d:.])((?:19|20)\d\d)\b(?!\.\d)',
                     found[2] if found else '')
  if not years:
    raise ValueError(f'no citation in the second paragraph of: {text[:60]!r}')
  authors = found[1].split(', ')
  names = (f'{authors[0]} et al.' if len(authors) > 2
           else ' & '.join(authors))
  return f'{names} {years[0]}'


def _verdict(rows: Iterable[Mapping[str, Any]]) -> str:
  """Claims of a system's newest runs, in a cell."""
  cells = []
  for row in rows:
    missed = [c['label'] for c in row['claims'] if not c['passed']]
    said = ', '.join(
        f'{c["label"]} {files.short(c.get("median", c["mean"]))}'
        for c in row['claims'])
    cells.append(f'[{row["config"]}]({row["config"]}.py): {said}' + (
        f' (**missed**: {", ".join(missed)})' if missed else ''))
  return '; '.join(cells) or 'not yet run'


def table(rows: Iterable[Mapping[str, Any]], folder: str = 'configs/') -> str:
  """Markdown: a line for each system of gans_jax/systems.

  Args:
    rows: newest rows of configs/results.jsonl, one a config.
    folder: from the README to the configs.
  """
  import configs
  from gans_jax import systems
  built = [importlib.import_module(f'configs.{m.name}').get_config()
           for m in pkgutil.iter_modules(configs.__path__)]
  names = [m.name for m in pkgutil.iter_modules(configs.__path__)]
  lines = ['| system | paper | reached here, mean of the seeds | published '
           '(config of that experiment): its number, by its protocol |',
           '|---|---|---|---|']
  rows = list(rows)
  for system in sorted(m.name for m in pkgutil.iter_modules(systems.__path__)):
    module = importlib.import_module(f'gans_jax.systems.{system}')
    published = '; '.join(
        f'[{name}]({name}.py)' + (f': {c.reference}' if c.reference else '')
        for name, c in zip(names, built, strict=True)
        if c.system == system and (c.reference or not c.accept))
    cells = [f'[{system}](../gans_jax/systems/{system}.py)',
             paper(module.__doc__),
             _verdict(r for r in rows if r['system'] == system), published]
    lines.append('| ' + ' | '.join(cells) + ' |')
  text = '\n'.join(lines).replace('](../', '](')
  return re.sub(r'\]\((\w+\.py)\)', rf']({folder}\1)', text)


def render(text: str, rows: Iterable[Mapping[str, Any]]) -> str:
  """`text` of the README with the table of systems made anew.

  Raises:
    ValueError: the marks are missing.
  """
  return files.marked(text, 'zoo', table(rows))
