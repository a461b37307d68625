"""Exact resume of one system of each family, its evaluation and log included.

Every system's state is saved and restored exactly in tests/test_systems.py;
here whole runs are compared: half of the steps, a new start, the other half.
"""

import importlib
import pathlib
import pkgutil
import re

import pytest

import configs
from gans_jax import families, train
from tests.pods import pod
from tests.test_train import bit_equal

SYSTEMS = pathlib.Path(__file__).parents[2] / 'gans_jax' / 'systems'


def chosen() -> dict[str, str]:
  """{family: name of a config}, a system each, as few systems as will do."""
  text = {p.stem: p.read_text() for p in sorted(SYSTEMS.glob('[a-z]*.py'))}
  by = {}
  for name in sorted(m.name for m in pkgutil.iter_modules(configs.__path__)):
    system = importlib.import_module(f'configs.{name}').get_config().system
    by.setdefault(system, name)
  out = {}
  for family in sorted(m.name for m in pkgutil.iter_modules(
      families.__path__)):
    users = [s for s, t in text.items() if s in by and re.search(
        rf'^from gans_jax.families import .*\b{family}\b', t, re.M)]
    known = [s for s in users if by[s] in out.values()]
    if users:
      out[family] = by[(known or users)[0]]
  return out


def test_there_are_systems_of_most_families():
  found = chosen()
  assert {'two_player', 'class_head', 'conditioning', 'pairs'} <= set(found)


@pytest.mark.slow
@pytest.mark.parametrize('name', sorted(set(chosen().values())))
def test_resumes_exactly(name, tmp_path):
  c = importlib.import_module(f'configs.{name}').get_config('tiny')
  c.log.tensorboard = False
  c.log.every = c.checkpoint.every    # a run logs its last step, too
  for entry in c.evals.values():
    entry.every = c.checkpoint.every
  whole = train.train(c, tmp_path / 'whole', progress=False)
  steps = c.steps
  c.steps = c.checkpoint.every
  train.train(c, tmp_path / 'cut', progress=False)
  c.steps = steps
  bit_equal(whole, train.train(c, tmp_path / 'cut', progress=False))
  rows = pod.rows(tmp_path / 'cut')
  # The first half was a run of its own, and so evaluated at its end.
  assert set(pod.rows(tmp_path / 'whole')) == set(rows)
