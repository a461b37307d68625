"""launch/eval.py: runs, pictures from files, comparison, mistakes."""

import importlib
import json

import numpy as np
import pytest
import tiny
from absl import flags
from PIL import Image

from gans_jax import errors, images, metrics, scoring, train
from gans_jax.data import make
from gans_jax.eval import asked, compare, onepass, pictures
from gans_jax.eval.features import extractor
from launch import cli
from launch import eval as script

KID = 'kid:extractor=tiny,n=40,n_real=60'


@pytest.fixture(scope='module')
def world(tmp_path_factory):
  """A folder with a run in 'a', pictures and a tiny extractor."""
  root = tmp_path_factory.mktemp('world')
  with pytest.MonkeyPatch.context() as patch:
    tiny.install(patch, root / 'cache')
    c = importlib.import_module('configs.dcgan_mnist').get_config('tiny')
    c.log.tensorboard = False
    c.steps = 4
    c.evals = dict(
        close=dict(evaluator='kid', every=2, n=40, n_real=60, extractor='tiny'),
        sharp=dict(evaluator='kid', every=2, n=40, n_real=60, extractor='tiny',
                   mode=dict(statistics='batch', ema=False)))
    train.train(c, root / 'a', progress=False)
    source = make('mnist5k')
    x = images.to_uint8(source.batch(np.arange(60))['x'])
    for i, picture in enumerate(x[:40]):
      images.save_png(root / 'fake' / f'{i}.png', picture)
    for i, picture in enumerate(x[20:]):
      images.save_png(root / 'real' / f'{i}.png', picture)
    yield root
  extractor.make.cache_clear()


@pytest.fixture
def call(world, capsys):
  """Runs the script as `launch.cli` does: (status, out, err)."""
  def run(*words):
    flags.FLAGS.unparse_flags()
    for name in ('workdir', 'step', 'metrics', 'n', 'samples', 'reference',
                 'compare', 'progress', *script.DRAWN):
      flags.FLAGS[name].unparse()
    try:
      argv = cli._parse(['eval.py', '--noprogress', *map(str, words)])
    except SystemExit as e:
      return e.code, *capsys.readouterr()
    status = cli._guarded(script.main, argv)
    return status, *capsys.readouterr()
  return run


def evals(workdir):
  return [r for r in metrics.read_rows(workdir) if r['kind'] == 'eval']


def test_training_evaluates_every_so_often_each_in_its_mode(world):
  rows = evals(world / 'a')
  assert [(r['step'], r['evaluator']) for r in rows] == [
      (2, 'close'), (2, 'sharp'), (4, 'close'), (4, 'sharp')]
  close, sharp = rows[2:]
  assert close['protocol']['statistics'] == 'running' and close['ema']
  assert sharp['protocol']['statistics'] == 'batch' and not sharp['ema']
  assert 'draw_batch' in sharp['protocol']
  (a,) = [s for s in metrics.summary(rows) if s.name == 'close/kid_tiny']
  values = [r['values']['close/kid_tiny'] for r in rows
            if r['evaluator'] == 'close']
  assert (a.final, a.best, a.k) == (values[1], min(values), 2)
  assert a.mean == pytest.approx(np.mean(values)) and a.direction == 'lower'
  (error,) = [s for s in metrics.summary(rows)
              if s.name == 'close/kid_tiny_error']
  assert error.direction is None and error.best is None
  page = (world / 'a/report.html').read_text()
  assert 'close/kid_tiny' in page and 'mean of the last' in page
  assert close['protocol']['weights_sha256'] in page


def test_the_script_gives_what_training_gave(call, world):
  before = {(r['step'], r['evaluator']): r for r in evals(world / 'a')}
  status, out, _ = call('--workdir', world / 'a', '--metrics=close')
  assert status == 0 and 'best' in out and 'mean of last 2' in out
  after = {(r['step'], r['evaluator']): r for r in evals(world / 'a')}
  assert after[4, 'close']['time'] > before[4, 'close']['time']
  for key, row in before.items():
    assert after[key]['values'] == row['values']
    assert after[key]['protocol'] == row['protocol']
  assert not (world / 'a' / scoring.STORE).exists()


def test_every_mode_is_part_of_the_protocol_and_moves_scores(call, world,
                                                             tmp_path):
  def found(*words):
    status, _, err = call('--workdir', world / 'a', '--metrics=' + KID, *words)
    assert status == 0, err
    return max(evals(world / 'a'), key=lambda r: r['time'])

  plain = found()
  assert plain['protocol']['psi'] == 1 and plain['step'] == 4
  seen = {plain['values']['kid/kid_tiny']}
  for words, field, value in (
      (['--noema'], 'ema', False), (['--statistics=batch'], 'statistics',
                                    'batch'),
      (['--statistics=standing'], 'statistics', 'standing'),
      (['--langevin=steps=2,step=.1'], 'langevin', dict(steps=2, step=.1)),
      (['--step=2'], 'ema', True)):
    row = found(*words)
    assert row['protocol'][field] == value
    assert row['step'] == (2 if words == ['--step=2'] else 4)
    seen.add(row['values']['kid/kid_tiny'])
  assert len(seen) == 6
  for words, match in ((['--cutoff=.5'], 'cutoff'), (['--psi=.5'], 'psi'),
                       (['--cutoff=-1'], 'above 0'),
                       (['--langevin=stps=2'], "Did you mean 'steps'"),
                       (['--statistics=bach'], "Did you mean 'batch'")):
    status, _, err = call('--workdir', world / 'a', '--metrics=' + KID, *words)
    # Its noise is uniform and it has no w: nothing to truncate.
    assert status == 2 and match in err and err.count('\n') == 1


def test_every_seed_of_a_run_is_scored(world, tmp_path):
  c = importlib.import_module('configs.gan_ring').get_config('tiny')
  c.log.tensorboard, c.seeds = False, 2
  c.evals = dict(modes=dict(n=50))
  train.train(c, tmp_path, progress=False)
  (before,) = evals(tmp_path)
  scoring.of_run(tmp_path, progress=False)
  (after,) = evals(tmp_path)
  assert after['time'] > before['time']
  assert json.dumps(after['seeds']) == json.dumps(before['seeds'])
  assert len(after['seeds']['modes/hq']) == 2


def test_pictures_from_files_get_scores_and_a_report(call, world, tmp_path):
  words = ['--samples', world / 'fake', '--reference', world / 'real',
           '--workdir', tmp_path / 'o']
  status, out, err = call(*words, '--metrics=fid:extractor=tiny,'
                          'kid:extractor=tiny,precision_recall:extractor=tiny')
  assert status == 0, err
  assert 'fid/fd_tiny' in out
  fid, kid, _ = evals(tmp_path / 'o')
  assert fid['protocol']['n_fake'] == 40 == fid['protocol']['n_real']
  assert (kid['protocol']['samples'], kid['protocol']['data']) == (
      'fake', 'real')
  page = (tmp_path / 'o/report.html').read_text()
  assert f'samples of {world / "fake"} against' in page
  assert 'fid/fd_tiny' in page and page.count('data:image/') == 2
  # As an npz they score the same.
  source = np.stack([np.asarray(Image.open(p)).reshape(28, 28, 1)
                     for p in sorted((world / 'fake').glob('*.png'))])
  np.savez(tmp_path / 'fake.npz', source)
  status, _, err = call(
      '--samples', tmp_path / 'fake.npz', '--reference', world / 'real',
      '--workdir', tmp_path / 'p', '--metrics=fid:extractor=tiny')
  assert status == 0, err
  assert evals(tmp_path / 'p')[0]['values']['fid/fd_tiny'] == pytest.approx(
      fid['values']['fid/fd_tiny'], rel=1e-6)
  status, out, err = call('--compare', tmp_path / 'o', tmp_path / 'p')
  assert status == 0 and 'fd_tiny' in out
  # Another pair does not go into the same folder, nor beside a run.
  for workdir, match in ((tmp_path / 'o', 'holds scores of'),
                         (world / 'a', 'holds a run')):
    status, _, err = call(
        '--samples', world / 'real', '--reference', world / 'fake',
        '--workdir', workdir, '--metrics=fid:extractor=tiny')
    assert status == 2 and match in err


def test_comparison_names_the_fields_that_differ(call, tmp_path):
  protocol = dict(extractor='x', resize='clean', n_fake=10)
  def write(name, *rows):
    for step, (leaf, value, changes) in enumerate(rows):
      metrics.append(tmp_path / name, metrics.eval_row(
          step, 'e', {f'{name}/{leaf}': value}, {**protocol, **changes}, True))
    return tmp_path / name
  a = write('a', ('fid', 1., {}), ('kid', 2., {}))
  b = write('b', ('fid', 4., dict(resize='tf1_legacy')),
            ('kid', 3., dict(seed=9, versions={'jax': '9'})))
  status, out, _ = call('--compare', a, b)
  lines = {line.split()[0]: line for line in out.splitlines()}
  assert status == 0
  assert 'not comparable: resize: clean and tf1_legacy' in lines['fid']
  assert lines['kid'].split()[1:4] == ['2', '3', '+1']
  c = write('c', ('fid', 4., dict(n_fake=20, resize='box')))
  status, out, err = call('--compare', a, c)
  assert status == 2 and 'n_fake: 10 and 20; resize: clean and box' in err
  write('c', ('fid', 5., {}))    # and now one of the same protocol
  assert [r.values for r in compare.compare(a, c)] == [(1., 5.)]
  for other, match in ((tmp_path / 'none', 'no evaluations'),
                       (write('d', ('is', 1., {})), 'no metric in common')):
    status, _, err = call('--compare', a, other)
    assert status == 2 and match in err
  status, _, err = call('--compare', a)
  assert status == 2 and 'two workdirs' in err


def test_mistakes_with_files_are_one_line_each(call, world, tmp_path):
  rng = np.random.default_rng(0)
  def folder(name, *shapes):
    (tmp_path / name).mkdir()
    for i, shape in enumerate(shapes):
      Image.fromarray(rng.integers(0, 256, shape, np.uint8)).save(
          tmp_path / name / f'{i}.png')
    return tmp_path / name
  np.savez(tmp_path / 'nan.npz', x=np.full((9, 28, 28, 1), np.nan),
           range=(0, 1))
  np.savez(tmp_path / 'fid_stats.npz', mu=np.zeros(3), sigma=np.eye(3))
  (tmp_path / 'cut.npz').write_bytes(
      (tmp_path / 'nan.npz').read_bytes()[:200])
  for fake, match in (
      (folder('rgba', (28, 28, 4)), 'RGBA'),
      (folder('rgb', (28, 28, 3)), 'number of channels'),
      (folder('size', (29, 28)), 'one size'),
      (folder('mixed', *[(28, 28)] * 7, (28, 27)), 'pictures differ'),
      (folder('few', *[(28, 28)] * 2), 'needs 7 samples'),
      (folder('empty'), 'no images'),
      (tmp_path / 'nan.npz', 'nan'), (tmp_path / 'cut.npz', 'cannot read'),
      (tmp_path / 'fid_stats.npz', 'moments, of which extractor'),
      ('mnist6k', 'neither a folder')):
    status, _, err = call(
        '--samples', fake, '--reference', world / 'real', '--workdir',
        tmp_path / 'out', '--metrics=precision_recall:extractor=tiny')
    assert status == 2 and match in err and err.count('\n') == 1, (fake, err)
  files = ['--samples', world / 'fake', '--reference', world / 'real',
           '--workdir', tmp_path / 'out']
  for words, match in (
      (['--metrics=fad'], "unknown metric 'fad'. Did you mean"),
      (['--metrics=n=4'], 'option of no metric'),
      (['--metrics=kid:m=4'], "unknown argument of evaluator 'kid'"),
      (['--metrics=kid:extractor=tiny', '--n=41'], 'holds 40'),
      ([], 'launch/prepare.py features/inception')):
    status, _, err = call(*files, *words)
    assert status == 2 and match in err and err.count('\n') == 1, err
  status, _, err = call('--samples', world / 'fake', '--workdir', tmp_path)
  assert status == 2 and '--reference is needed' in err
  assert not (tmp_path / 'out' / 'metrics.jsonl').exists()


def test_missing_weights_stop_a_run_before_it_begins(world, tmp_path):
  c = importlib.import_module('configs.dcgan_mnist').get_config('tiny')
  c.evals = dict(fid=dict(every=2, n=10))
  with pytest.raises(errors.ConfigError, match='features/inception'):
    train.train(c, tmp_path / 'r', progress=False)
  assert not (tmp_path / 'r').exists()
  c.evals = dict(modes=dict(mode=dict(phi=1)))
  with pytest.raises(errors.ConfigError, match="'phi'.*Did you mean 'psi'"):
    train.train(c, tmp_path / 'r', progress=False)


def test_metrics_as_they_are_asked_for():
  known = dict(mine=('kid', dict(n=5, size=7)))
  got = asked.parse(
      'fid,mine:n=9,kid:extractor=tiny,n=3,kid:resize=none', known)
  assert got == {
      'fid': ('fid', {}), 'mine': ('kid', dict(n=9, size=7)),
      'kid': ('kid', dict(extractor='tiny', n=3)),
      'kid,resize=none': ('kid', dict(resize=None))}
  with pytest.raises(errors.ConfigError, match='twice'):
    asked.parse('fid:n=3,fid:n=4,fid:n=4', {})


def test_a_killed_evaluation_of_files_goes_on(call, world, tmp_path,
                                              monkeypatch):
  words = ['--samples', world / 'fake', '--reference', world / 'real',
           '--metrics=fid:extractor=tiny,kid:extractor=tiny', '--workdir']
  monkeypatch.setattr(pictures, 'BATCH', 8)
  monkeypatch.setattr(pictures.FromSource, 'batch_size', 8)
  monkeypatch.setattr(onepass, 'LOOK', 8)
  assert call(*words, tmp_path / 'whole')[0] == 0
  def die(self, i, arrays):
    if i == 3:
      raise KeyboardInterrupt
    save(self, i, arrays)
  save = onepass.Store.save
  monkeypatch.setattr(onepass.Store, 'save', die)
  assert call(*words, tmp_path / 'killed')[0] == 130
  assert len(list((tmp_path / 'killed').rglob('*.npz'))) == 3
  kept = []
  monkeypatch.setattr(onepass.Store, 'save', lambda self, i, arrays: (
      kept.append(i), save(self, i, arrays)))
  assert call(*words, tmp_path / 'killed')[0] == 0
  assert kept == [3, 4]
  values = lambda w: [r['values'] for r in evals(tmp_path / w)]
  assert values('killed') == values('whole')
  assert not list((tmp_path / 'killed').rglob('*.npz'))
