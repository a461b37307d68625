"""Reconstructions of a run: in its report, and by launch/sample.py."""

import importlib
import pathlib
import subprocess
import sys

import numpy as np

from gans_jax import metrics, train

SCRIPT = pathlib.Path(__file__).parents[2] / 'launch' / 'sample.py'


def call(workdir, out, *words):
  return subprocess.run(
      [sys.executable, str(SCRIPT), '--workdir', str(workdir), '--out',
       str(out), *words], text=True, capture_output=True, check=False,
      timeout=120)


def test_a_run_with_an_encoder_shows_reconstructions(tmp_path):
  c = importlib.import_module('configs.bigan_digits').get_config('tiny')
  c.log.tensorboard = False
  workdir = tmp_path / 'a'
  train.train(c, workdir, progress=False)
  (found,) = metrics.pictures(workdir, 'reconstructions')
  assert found[0] == 8
  page = (workdir / 'report.html').read_text()
  assert '<section id="reconstructions"' in page and 'E finds for it' in page

  out = tmp_path / 'paths.npz'
  done = call(workdir, out, '--between=4', '--n=3')
  assert done.returncode == 0 and str(out) in done.stdout, done.stderr
  paths = np.load(out)
  assert paths['made'].shape == (3, 4, 8, 8, 1)
  assert paths['codes'].shape == (3, 4, 16) and paths['real'].shape[1] == 2
  done = call(workdir, tmp_path / 'b.png', '--reconstruct', '--labels=3')
  assert done.returncode == 2 and 'leave out --labels' in done.stderr
  assert not (tmp_path / 'b.png').exists()
