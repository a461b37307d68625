"""launch/sample.py: its ways of drawing reach the game."""

import importlib
import pathlib
import subprocess
import sys

import numpy as np

from gans_jax import train

SCRIPT = pathlib.Path(__file__).parents[2] / 'launch' / 'sample.py'


def call(workdir, out, *words):
  return subprocess.run(
      [sys.executable, str(SCRIPT), '--workdir', str(workdir), '--out',
       str(out), '--n', '40', *words], text=True, capture_output=True,
      check=False, timeout=120)


def test_truncation_narrows_samples_and_mistakes_are_told(tmp_path):
  c = importlib.import_module('configs.gan_ring').get_config('tiny')
  c.log.tensorboard = False
  train.train(c, tmp_path / 'a', progress=False)
  spread = {}
  for name, words in (('all', ()), ('cut', ('--cutoff=.01',))):
    done = call(tmp_path / 'a', tmp_path / f'{name}.npz', *words)
    assert done.returncode == 0, done.stderr
    spread[name] = np.load(tmp_path / f'{name}.npz')['x'].std(0).max()
  assert spread['cut'] < spread['all'] / 20
  done = call(tmp_path / 'a', tmp_path / 'no.npz', '--statistics=standng')
  assert done.returncode == 2 and "Did you mean 'standing'" in done.stderr
  assert not (tmp_path / 'no.npz').exists()
