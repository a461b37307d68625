"""Exact resume of one system of each family, its evaluation and log included.

Every system's state is saved and restored exactly in tests/test_systems.py;
here whole runs are compared: one in peace, and one that is killed in its second
save, and started again.
"""

import importlib
import os
import pathlib
import pkgutil
import re
import signal
import subprocess
import sys

import pytest

import configs
from gans_jax import events, families, train
from tests.pods import pod

ROOT = pathlib.Path(__file__).parents[2]
SYSTEMS = ROOT / 'gans_jax' / 'systems'
# A config that kills its process once: in the save at the end.
KILLED = """
import os, pathlib, signal
from gans_jax import events
from tests.pods import test_families

def get_config(arg=''):
  c = test_families.evaluated({name!r})
  flag, told = pathlib.Path({flag!r}), events.Log.__call__
  def kills(self, event, **more):
    told(self, event, **more)
    if event == 'saved' and self.step >= c.steps and not flag.exists():
      flag.touch()
      os.kill(os.getpid(), signal.SIGKILL)
  events.Log.__call__ = kills
  return c
"""


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
    named = rf'^from gans_jax.families import (?:\([^)]*|[^(\n]*)\b{family}\b'
    users = [s for s, t in text.items()
             if s in by and re.search(named, t, re.M)]
    known = [s for s in users if by[s] in out.values()]
    if users:
      out[family] = by[(known or users)[0]]
  return out


def test_there_are_systems_of_most_families():
  found = set(chosen())
  assert {'two_player', 'class_head', 'conditioning', 'pairs', 'codecs',
          'bidirectional', 'boosted', 'chains', 'coupled', 'generator_set',
          'information', 'inverter', 'packing'} <= found


# Of configs whose small form has none: any that takes their data.
EVALS = dict(bayesian_gan_clusters=dict(energy_distance=dict(n=100)),
             cogan_digits=dict(coupling=dict(n=100)))


def evaluated(name):
  """A small config with an evaluation beside each of its two checkpoints."""
  c = importlib.import_module(f'configs.{name}').get_config('tiny')
  c.log.tensorboard = False
  c.evals = dict(c.evals) or EVALS.get(name, dict(birthday=dict(n=400)))
  for entry in c.evals.values():
    entry['every'] = c.checkpoint.every
  return c


@pytest.mark.slow
@pytest.mark.parametrize('name', sorted(set(chosen().values())))
def test_killed_in_a_save_it_ends_as_in_peace(name, tmp_path):
  path, killed = tmp_path / 'killed.py', tmp_path / 'killed'
  path.write_text(KILLED.format(name=name, flag=str(tmp_path / 'flag')))
  start = lambda: subprocess.run(
      [sys.executable, 'launch/train.py', '--noprogress', f'--config={path}',
       f'--workdir={killed}'], cwd=ROOT, capture_output=True, text=True,
      timeout=600, env={**os.environ, 'PYTHONPATH': str(ROOT)})
  first = start()
  assert first.returncode == -signal.SIGKILL, first.stderr[-2000:]
  again = start()
  assert again.returncode == 0, again.stderr[-2000:]
  c = evaluated(name)
  assert [(e['event'], e['step']) for e in events.read(killed)
          if e['event'] == 'restored'] == [('restored', c.checkpoint.every)]
  train.train(c, tmp_path / 'peace', progress=False)
  assert pod.last_record(killed) == pod.last_record(tmp_path / 'peace')
  rows = pod.rows(killed)
  assert sum('"kind": "eval"' in row for row in rows) >= 2
  assert rows == pod.rows(tmp_path / 'peace')
