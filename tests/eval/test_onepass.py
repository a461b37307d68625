"""All metrics in one pass: plumbing, kill and resume, devices, processes."""

import json
import os
import socket
import subprocess
import sys

import jax
import numpy as np
import pytest
import tiny

from gans_jax import data, errors, images, metrics, scoring, sharding
from gans_jax.eval import (
    compare, distances, evaluators, onepass, pictures)
from gans_jax.eval.features import extractor
from gans_jax.eval.measures import kernel
from gans_jax.eval.reference import Reference

ALL = dict(
    fid={}, sfid={}, fid_infinity={}, intra_fid={}, kid=dict(size=50),
    inception_score=dict(splits=3), precision_recall={}, prd={},
    authenticity={}, copying={})
N = 200


@pytest.fixture
def cached(tmp_path, monkeypatch):
  tiny.install(monkeypatch, tmp_path / 'cache')
  yield
  extractor.make.cache_clear()


def made(mesh=None, names=ALL, n=N):
  real = Reference(data.make('digits'), mesh)
  return {k: evaluators.make(k, real, n=n, extractor='tiny', **ALL[k])
          for k in names}


def draw(source=None):
  return pictures.FromSource(source or data.make('digits', split='test'))


def one_device():
  return sharding.make_mesh(devices=jax.devices()[:1])


def test_all_metrics_of_one_pass_and_their_protocol(cached, monkeypatch):
  made_, seen = made(one_device()), []
  part = pictures.FromSource.part
  monkeypatch.setattr(pictures.FromSource, 'part', lambda self, i, n: (
      seen.append(i), part(self, i, n))[1])
  found = onepass.run(made_, draw())
  assert seen == [0]    # 200 samples, once for all
  names = {k for v in found.values() for k in v}
  assert {'fd_tiny', 'sfd_tiny', 'fd_infinity_tiny', 'intra_fd_tiny',
          'kid_tiny', 'kid_tiny_error', 'inception_score_tiny',
          'precision_tiny', 'recall_tiny', 'precision_k5_tiny', 'density_tiny',
          'coverage_tiny', 'prd_f8_tiny', 'prd_f1_8_tiny', 'authenticity_tiny',
          'copying_z_tiny'} <= names
  assert not {'fid', 'kid', 'inception_score'} & names
  assert all(np.isfinite(v) for row in found.values() for v in row.values())
  # The same from the features themselves.
  net = extractor.make('tiny', 'clean', one_device())
  x = {k: net(s.batch(np.arange(len(s) if k == 'train' else N))['x'], ['pool'])[
      'pool'] for k, s in dict(train=raw('train'), test=raw('test')).items()}
  fd = distances.frechet_of(*(distances.Moments(v) for v in x.values()))
  assert found['fid']['fd_tiny'] == pytest.approx(fd, rel=1e-9)
  value, error = kernel.kid(x['train'], x['test'], size=50)
  assert found['kid'] == dict(kid_tiny=value, kid_tiny_error=error)
  protocol = made_['kid'].stamp(draw())
  assert json.loads(json.dumps(protocol)) == protocol
  want = dict(extractor='tiny', resize='clean', n_real=1297, n_fake=N,
              split='train', tap='pool', subset_size=50, samples='digits')
  assert want.items() <= protocol.items()
  assert len(protocol['weights_sha256']) == 64 and protocol['versions']
  for label, values in found.items():
    assert set(values) == set(made_[label].protocol['better'])


class raw:
  """Pictures as 8 bits."""

  def __init__(self, split):
    self.source = data.make('digits', split=split)

  def __len__(self):
    return len(self.source)

  def batch(self, rows):
    x = self.source.batch(rows)['x']
    return dict(x=np.rint((x + 1) * 127.5).astype(np.uint8))


def test_the_standard_network_alone_has_the_plain_names(tmp_path, monkeypatch):
  tiny.install(monkeypatch, tmp_path, ('inception',))
  real = Reference(data.make('digits'))
  found = onepass.run({k: evaluators.make(k, real, n=60, **ALL[k])
                       for k in ('fid', 'sfid', 'kid', 'inception_score')},
                      draw())
  assert {k for v in found.values() for k in v} == {
      'fid', 'sfid', 'kid', 'kid_error', 'inception_score',
      'inception_score_std'}
  extractor.make.cache_clear()


def test_few_samples_take_the_whole_kernel_distance(cached):
  real = Reference(data.make('digits'))
  e = evaluators.make('kid', real, n=40, extractor='tiny')
  found = e(draw())
  assert e.protocol['estimator'] == 'all samples'
  assert found['kid_tiny_error'] > 0


@pytest.mark.parametrize('classified', (False, True))
def test_a_killed_pass_goes_on_and_is_bit_equal(cached, tmp_path, monkeypatch,
                                                classified):
  monkeypatch.setattr(pictures, 'BATCH', 64)
  asked = made(one_device(), ('fid', 'kid', 'intra_fid', 'precision_recall'))
  if classified:    # looks at the samples themselves
    asked['modes'] = onepass.Evaluator(
        'mean', N, data.make('digits').spec, {}, lambda: onepass.Collect(
            ('x',), lambda found: dict(mean=np.mean(found['x']))))
  whole = onepass.run(asked, draw())
  store = onepass.Store(tmp_path / 'w', dict(a=1))

  class Killed(Exception):
    pass

  def die(done, total):
    if done >= 128:
      raise Killed
  with pytest.raises(Killed):
    onepass.run(asked, draw(), store=store, progress=die)
  assert len(list(store.folder.glob('*.npz'))) == 2
  seen, looked = [], []
  net = asked['fid'].wants[0].extractor
  call = type(net).__call__
  monkeypatch.setattr(type(net), '__call__', lambda self, x, taps: (
      looked.append(len(x)), call(self, x, taps))[1])
  again = onepass.run(asked, draw(), store=store,
                      progress=lambda done, _: seen.append(done))
  assert again == whole and seen == [64, 128, 192, 200]
  assert looked == [64, 8]    # the first two were not looked at again
  assert not (tmp_path / 'w').exists()


def test_what_was_kept_of_others_is_not_taken(cached, tmp_path):
  a, b = (onepass.Store(tmp_path, dict(step=s)) for s in (1, 2))
  a.save(0, dict(x=np.zeros(3)))
  assert a.load(0) is not None and b.load(0) is None
  path, = a.folder.glob('*.npz')
  path.write_bytes(path.read_bytes()[:-30])
  with pytest.warns(UserWarning, match='damaged'):
    assert a.load(0) is None


def test_1_2_and_8_devices_give_the_same(cached):
  found = [onepass.run(made(sharding.make_mesh(devices=jax.devices()[:k]), (
      'fid', 'kid', 'precision_recall', 'inception_score')), draw())
      for k in (1, 2, 8)]
  assert len(jax.devices()) == 8
  for other in found[1:]:
    for label, values in found[0].items():
      assert other[label] == pytest.approx(values, rel=1e-6)


TWO = """
import json, pathlib, sys, pytest
sys.path.insert(0, 'tests/eval')
import jax
from gans_jax import processes
assert processes.start() and len(jax.devices()) == 4
import test_onepass as t
from gans_jax.eval import onepass
with pytest.MonkeyPatch.context() as patch:
  t.tiny.install(patch, pathlib.Path(sys.argv[1]) / str(jax.process_index()))
  names = ('fid', 'kid', 'precision_recall')
  store = onepass.Store(sys.argv[1] + '/store', {})
  def die(done, total):
    raise KeyError
  try:
    onepass.run(t.made(names=names), t.draw(), store=store, progress=die)
  except KeyError:
    pass
  print(json.dumps(onepass.run(t.made(names=names), t.draw(), store=store)))
"""


def test_two_processes_give_the_same_and_go_on(cached, tmp_path):
  with socket.socket() as s:
    s.bind(('localhost', 0))
    port = s.getsockname()[1]
  started = [subprocess.Popen(
      [sys.executable, '-c', TWO, str(tmp_path / 'two')],
      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(
          os.environ, JAX_PLATFORMS='cpu', JAX_NUM_PROCESSES='2',
          JAX_PROCESS_ID=str(i), JAX_COORDINATOR_ADDRESS=f'localhost:{port}',
          XLA_FLAGS='--xla_force_host_platform_device_count=2'))
      for i in range(2)]
  out = [p.communicate(timeout=240) for p in started]
  assert [p.returncode for p in started] == [0, 0], out
  whole = onepass.run(made(names=('fid', 'kid', 'precision_recall')), draw())
  for text, _ in out:
    for label, values in json.loads(text.splitlines()[-1]).items():
      assert values == pytest.approx(whole[label], rel=1e-6)


def test_a_constant_generator_has_numbers(cached):
  """Collapse is what FID is for: identical features are no error."""
  one = data.make('digits').batch(np.zeros(N, int))
  one['y'] = np.arange(N) % 10
  found = onepass.run(made(), lambda n: one)
  real = onepass.run(made(), draw())
  assert all(np.isfinite(v) for row in found.values() for v in row.values())
  assert found['fid']['fd_tiny'] > 10 * real['fid']['fd_tiny']
  assert found['kid']['kid_tiny'] > 10 * real['kid']['kid_tiny']
  assert found['precision_recall']['recall_tiny'] < .02
  assert found['inception_score']['inception_score_tiny'] == pytest.approx(1)
  # It is a training example.
  assert found['authenticity']['authenticity_tiny'] == 0
  assert found['copying']['copying_z_tiny'] < -3


def test_mistakes_are_one_clear_error(cached, tmp_path, monkeypatch):
  digits = Reference(data.make('digits'))
  make = lambda name, **o: evaluators.make(name, digits, **{
      'extractor': 'tiny', **o})
  for name, options, match in (
      ('kid', dict(n=1), 'kid needs 3 samples'),
      ('precision_recall', dict(n=5), 'needs 7 samples'),
      ('inception_score', dict(n=4, splits=5), 'needs 5 samples'),
      ('fid_infinity', dict(n=3), 'twice as many'),
      ('prd', dict(n=5000), 'has 1297'),
      ('kid', dict(n=50, subsets=1), 'at least 2'),
      ('fid', dict(resize='cleen'), "Did you mean 'clean'"),
      ('fid', dict(extractor='tyni'), "Did you mean 'tiny'"),
      ('fid', dict(extractor='inception'), 'launch/prepare.py features/incep'),
      ('copying', dict(n=20, heldout='nowhere'), 'neither a folder')):
    with pytest.raises(errors.ConfigError, match=match):
      make(name, **options)
  with pytest.raises(errors.ConfigError, match='of pictures'):
    evaluators.make('fid', Reference(data.make('ring8')), extractor='tiny')
  with pytest.raises(errors.ConfigError, match='no labels'):
    evaluators.make('intra_fid', Reference(data.make('digits', labels=False)),
                    extractor='tiny')
  kid = make('kid', n=20)
  for x, match in ((np.full((20, 8, 8, 1), np.nan), 'nan'),
                   (np.zeros((20, 8, 8, 3)), r'\[8, 8, 3\] cannot'),
                   (np.zeros((20, 9, 8, 1)), r'\[9, 8, 1\] cannot'),
                   (np.zeros((19, 8, 8, 1)), 'needs 20 samples')):
    with pytest.raises(errors.ConfigError, match=match):
      kid(lambda n: dict(x=x))
  with pytest.raises(errors.ConfigError, match='no labels'):
    make('intra_fid', n=20)(lambda n: dict(x=np.zeros((20, 8, 8, 1))))
  # What a network gives that is not finite is named by the metric.
  monkeypatch.setattr(extractor.Extractor, '__call__', lambda self, x, taps: {
      k: np.full((len(x), 3), np.nan, np.float32) for k in taps})
  with pytest.raises(errors.ConfigError, match='kid: features are nan'):
    make('kid', n=20, n_real=30)(draw())


def test_a_probe_is_stamped_with_what_reached_it():
  """Truncation and the like are of drawn samples; a probe draws its own."""
  def drawn(n):
    return {'x': np.zeros((n, 2))}
  drawn.protocol = dict(ema=True, psi=.7, cutoff=1., statistics='batch',
                        labels='uniform', stage='8')
  spec = data.make('ring8').spec
  probe = onepass.Evaluator('p', 1, spec, dict(a=1), probe=lambda probe: {})
  assert probe.stamp(drawn) == dict(a=1, ema=True, stage='8')
  scores = onepass.Evaluator('s', 1, spec, dict(a=1), start=lambda: None)
  assert scores.stamp(drawn) == dict(a=1, **drawn.protocol)


def test_seeds_are_no_part_of_how_a_number_is_taken():
  a = dict(n_fake=10, seed=0, pair_seed=0, path_seed=1)
  assert not compare.differing(a, dict(a, seed=3, pair_seed=4, path_seed=5))
  assert compare.differing(a, dict(a, n_fake=11)) == dict(n_fake=(10, 11))


def test_pictures_are_compared_in_the_range_of_the_data(tmp_path):
  """Floats of -1 to 1, bytes and a folder are the same samples."""
  x = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3), np.uint8)
  (tmp_path / 'folder').mkdir()
  for i, picture in enumerate(x):
    images.save_png(tmp_path / 'folder' / f'{i}.png', picture)
  np.savez(tmp_path / 'bytes.npz', x=x)
  np.savez(tmp_path / 'floats.npz', x=(x / 127.5 - 1).astype(np.float32),
           range=np.array([-1., 1.]))
  sources = [pictures.open_source(str(tmp_path / name))
             for name in ('folder', 'bytes.npz', 'floats.npz')]
  for real in sources:
    for fake in sources:
      draw_ = pictures.FromSource(fake, like=real.spec)
      for batch in (draw_(6), draw_.part(0, 6)):
        np.testing.assert_array_equal(
            images.to_uint8(batch['x'], real.spec.range), x)
        low, high = real.spec.range
        np.testing.assert_allclose(
            (batch['x'] - low) / (high - low), x / 255, atol=1e-6)


def test_files_in_another_range_get_the_same_scores(tmp_path):
  digits = data.make('digits', split='test', size=16, range=(0., 1.))
  x = digits.batch(np.arange(40))['x']
  bytes_ = images.to_uint8(x, (0., 1.))
  np.savez(tmp_path / 'real.npz', x=bytes_)
  np.savez(tmp_path / 'bytes.npz', x=bytes_[:20])
  np.savez(tmp_path / 'floats.npz', x=x[:20], range=np.array([0., 1.]))
  for name in ('bytes', 'floats'):
    scoring.of_samples(
        str(tmp_path / f'{name}.npz'), str(tmp_path / 'real.npz'),
        tmp_path / name, what='swd,ms_ssim:pairs=20', n=20, progress=False)
  a, b = (metrics.read_rows(tmp_path / name) for name in ('bytes', 'floats'))
  assert [r['values'] for r in a] == [r['values'] for r in b]
  assert a[0]['values']
