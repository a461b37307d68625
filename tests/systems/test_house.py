"""Systems stay short and apart: a choice of parts, not a copy of a neighbour.

What counts are lines of code: without blank ones, comments, imports and
docstrings. Two files share a line as often as both have it, wherever it is,
and the share is that of the shorter file.
"""

import ast
import collections
import itertools
import pathlib
import statistics

from gans_jax import systems

FILES = {p.stem: p.read_text() for p in sorted(
    pathlib.Path(systems.__path__[0]).glob('*.py')) if p.stem != '__init__'}
DOCUMENTED = ast.Module, ast.FunctionDef, ast.ClassDef


def code(text):
  """Lines of code, and how often each is there."""
  left_out = set()
  for node in ast.walk(ast.parse(text)):
    spans = [node] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
    if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
      spans = [node.body[0]]
    for span in spans:
      left_out |= set(range(span.lineno, span.end_lineno + 1))
  lines = (line.strip() for i, line in enumerate(text.splitlines(), 1)
           if i not in left_out)
  return collections.Counter(
      line for line in lines if line and not line.startswith('#'))


def share(a, b):
  return (a & b).total() / min(a.total(), b.total())


def test_what_is_counted():
  text = '"""Doc."""\n\nimport x\n\n\ndef f():\n  """Doc\n\n  more."""\n' \
         '  # why\n  return 1\n  return 1\n'
  assert code(text) == {'def f():': 1, 'return 1': 2}
  assert share(code(text), code(text.replace('return 1', 'return 2'))) == 1 / 3


def test_no_two_systems_share_most_of_their_lines():
  lines = {name: code(text) for name, text in FILES.items()}
  alike = {(a, b): share(lines[a], lines[b])
           for a, b in itertools.combinations(lines, 2)}
  worst = max(alike, key=alike.get)
  assert alike[worst] <= .6, f'{worst} share {alike[worst]:.0%}'


def test_half_of_the_systems_take_sixty_lines_or_less():
  """With their docstrings, without blank lines."""
  assert statistics.median(sum(map(bool, map(str.strip, text.splitlines())))
                           for text in FILES.values()) <= 60
