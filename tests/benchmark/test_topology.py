"""Rounds compiled for TPU slices that are not there: test.sh topology."""

import json
import os
import pathlib
import pkgutil
import subprocess
import sys

import pytest

from gans_jax import errors, systems
from gans_jax.benchmark import devices

pytestmark = pytest.mark.slow

BENCH = pathlib.Path(__file__).parents[2] / 'launch' / 'bench.py'
SLICE = 'v5e:2x4'
SYSTEMS = sorted(m.name for m in pkgutil.iter_modules(systems.__path__))


def bench(*arguments):
  """The command, without the flags of these tests, which libtpu refuses."""
  pytest.importorskip('libtpu')
  return subprocess.run(
      [sys.executable, BENCH, 'devices', *arguments], text=True,
      capture_output=True, timeout=900, check=False,
      env={k: v for k, v in os.environ.items() if k != 'XLA_FLAGS'})


def spreads(name, batch, out):
  ran = bench('--config', f'configs/{name}.py:tiny', f'--config.batch={batch}',
              '--topology', SLICE, '--json', out)
  assert ran.returncode == 0, ran.stderr
  return {(r['devices'], r['fsdp']): r for r in json.loads(out.read_text())}


@pytest.mark.parametrize('name, batch', [
    ('gan_ring', 16), ('dcgan_mnist', 16), ('sngan_digits', 16),
    ('sagan_digits', 16), ('madgan_ring', 64), ('improved_gan_digits', 16),
    ('bayesian_gan_ring', 16)])
def test_a_round_moves_its_gradients_once(name, batch, tmp_path):
  """D sees real and fake apart; what both add is reduced in one operation.

  Its spectrally normalised kernels, too, once for both passes; those of
  convolutions that pool or upsample as they are; those of several generators
  where each device has examples of all; weight-normalised ones; and D's where a
  prior's gradient comes on top.
  """
  found = spreads(name, batch, tmp_path / 'out.json')
  assert found[1, False]['collectives'] == {}
  for count in (2, 4, 8):
    row = found[count, False]
    assert set(row['collectives']) == {'all-reduce'}
    assert (row['gradients'] <= row['moved']
            <= 1.05 * row['gradients'] + row['batchnorm']), row
    assert row['reached'] and row['target'] == SLICE
  if name == 'dcgan_mnist':
    assert 'all-gather' in found[8, True]['collectives']
    assert found[8, True]['state'] < .3 * found[8, False]['state']


def test_a_slice_that_is_none_is_told():
  ran = bench('--config', 'configs/gan_ring.py:tiny', '--topology', 'v5x:9')
  assert ran.returncode == 2 and 'Traceback' not in ran.stderr
  assert "no TPU slice 'v5x:9'" in ran.stderr


def test_without_a_compiler_for_it(monkeypatch):
  monkeypatch.setattr(devices.importlib.util, 'find_spec', lambda name: None)
  with pytest.raises(errors.ConfigError, match=r"pip install -e '.\[tpu\]'"):
    devices.described(SLICE)


# --- every system ------------------------------------------------------------

ZOO = '''
import json, sys
import jax
jax.config.update('jax_platforms', 'cpu')
from gans_jax.benchmark import devices
from tests import test_systems
for system in sys.argv[2:]:
  try:
    rows = [s.json for s in devices.measure(
        test_systems.built(system, 'its own').config, [8], sys.argv[1])]
  except Exception as e:
    rows = f'{type(e).__name__}: {e}'
  print(json.dumps([system, rows]), flush=True)
'''


@pytest.fixture(scope='module')
def zoo():
  """{system: its smallest config's round for a slice, or what went wrong}."""
  pytest.importorskip('libtpu')
  ran = subprocess.run(
      [sys.executable, '-c', ZOO, SLICE, *SYSTEMS], text=True, check=False,
      stdout=subprocess.PIPE, cwd=BENCH.parents[1],
      env={k: v for k, v in os.environ.items() if k != 'XLA_FLAGS'})
  assert ran.returncode == 0
  return dict(json.loads(line) for line in ran.stdout.splitlines()
              if line.startswith('['))


@pytest.mark.parametrize('system', SYSTEMS)
def test_every_system_compiles_for_tpus(system, zoo):
  replicated, sharded = zoo[system]
  assert replicated['state'] >= sharded['state']    # small arrays stay whole
  # What compares examples of a batch needs all of it (weighted draws, minibatch
  # discrimination, BS-GAN's samples), and so does MAD-GAN's of one a device.
  gathered = replicated['collectives'].get('all-gather', (0, 0))[1]
  assert gathered <= 8192, replicated
