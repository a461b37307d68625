"""Workdirs in buckets, on a bucket that is a folder; tests/remote has servers.

The files of a Place, checkpoints that are staged, data that are copied once,
and what is said of a bucket that can't be had.
"""

import json
import os
import sys
import tempfile
import time

import fsspec
import jax.numpy as jnp
import numpy as np
import pytest
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from PIL import Image

from gans_jax import buckets, checkpoint, data, errors, events, experiment
from gans_jax import metrics, remote, train
from gans_jax.data import prepare
from launch import status
from tests.data.test_embedded import fashion
from tests.test_train import bit_equal, leaves, tiny

URL = 's3://bucket/run'


@pytest.fixture
def bucket(tmp_path, monkeypatch):
  """A folder in the place of all buckets; its path."""
  root = tmp_path / 'store'
  root.mkdir()
  fs = DirFileSystem(str(root), LocalFileSystem(auto_mkdir=True))
  monkeypatch.setattr(fsspec, 'filesystem', lambda scheme: fs)
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path / 'cache'))
  return root / 'bucket'


def test_place_of_a_folder_is_the_folder(tmp_path):
  with remote.Place(tmp_path) as place:
    assert place.folder == tmp_path and place.root == str(tmp_path)
    assert not place.is_remote and not place.has('a')
    (tmp_path / 'a').write_text('1')
    place.send()
    assert place.has('a')
  assert [p.name for p in tmp_path.iterdir()] == ['a']


def test_files_come_and_go(bucket):
  with remote.Place(URL) as place:
    (place.folder / 'a.jsonl').write_text('1')
    (place.folder / 'samples').mkdir()
    (place.folder / 'samples/1.png').write_text('1')
    (place.folder / '.half.tmp').write_text('1')
    (place.folder / 'tensorboard').mkdir()
    (place.folder / 'tensorboard/e').write_text('1')
    place.send('a.jsonl')
    assert [p.name for p in (bucket / 'run').iterdir()] == ['a.jsonl']
  found = sorted(buckets.Store(URL).find())
  assert found == ['a.jsonl', 'samples/1.png', 'tensorboard/e']
  with remote.Place(URL) as place:
    here = [p.relative_to(place.folder).as_posix()
            for p in place.folder.rglob('*') if p.is_file()]
    assert sorted(here) == ['a.jsonl', 'samples/1.png']    # others' events stay
    assert place.has('samples') and not place.has('sample')
    (place.folder / 'samples/1.png').unlink()
    (place.folder / 'a.jsonl').write_text('12')
  assert sorted(buckets.Store(URL).find()) == ['a.jsonl', 'tensorboard/e']
  assert (bucket / 'run/a.jsonl').read_text() == '12'
  assert not place.folder.exists()


def test_only_the_writer_sends_and_a_change_is_not_undone(bucket):
  with remote.Place(URL, writes=False) as place:
    (place.folder / 'a').write_text('1')
  assert not bucket.exists()
  with remote.Place(URL) as ours, remote.Place(URL, ('a',)) as theirs:
    (theirs.folder / 'a').write_text('theirs')
    (theirs.folder / 'b').write_text('theirs')
    theirs.send()
    ours.bring()
    assert (ours.folder / 'a').read_text() == 'theirs'
    (ours.folder / 'a').write_text('ours')
    (bucket / 'run/a').write_text('theirs again')
    ours.bring()
    assert (ours.folder / 'a').read_text() == 'ours'
    theirs.bring()
    assert (theirs.folder / 'a').read_text() == 'theirs again'


def test_what_can_not_be_sent_is_sent_later(bucket, monkeypatch):
  def put(*_):
    raise OSError('the net is down')
  with remote.Place(URL) as place:
    (place.folder / 'a').write_text('1')
    with monkeypatch.context() as m:
      m.setattr(buckets.Store, 'put', put)
      place.send()
      with pytest.raises(errors.ConfigError, match='the net is down.*bucket'):
        place.send(must=True)
    assert not bucket.exists()
    place.send()
    assert (bucket / 'run/a').exists()


def test_an_error_is_sent_off_with_the_files(bucket):
  with pytest.raises(KeyError), remote.Place(URL) as place:
    (place.folder / 'a').write_text('1')
    raise KeyError
  assert (bucket / 'run/a').read_text() == '1'


def test_what_killed_processes_left_is_removed(tmp_path, monkeypatch):
  monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path))
  for name in ('gans_jax_old', 'gans_jax_new', 'gans_jax_other'):
    (tmp_path / name / 'files').mkdir(parents=True)
  for name, age in (('old', 100), ('new', 0)):
    lock = tmp_path / f'gans_jax_{name}' / 'lock'
    lock.touch()
    os.utime(lock, (time.time() - age,) * 2)
  with buckets.scratch() as live:
    os.utime(live.parent / 'lock', (0, 0))
    with buckets.scratch() as another:
      assert live.exists() and another.exists()
      left = {p.name for p in tmp_path.iterdir()}
  assert left == {'gans_jax_new', 'gans_jax_other', live.parent.name,
                  another.parent.name}
  assert not live.exists() and not another.exists()


@pytest.mark.parametrize('url, said', [
    ('http://a/b', 'gs://BUCKET/PATH and s3://BUCKET/PATH'),
    ('foo://a/b', 'allowed are folders'), ('gs://', 'names no bucket'),
    ('s3://a', 'names no folder'), ('s3://a/', 's3://a/PATH')])
def test_urls_that_are_none(url, said, bucket):
  with pytest.raises(errors.ConfigError, match=said):
    train.train(tiny('gan_ring'), url, progress=False)


@pytest.mark.parametrize('scheme, module, extra', [
    ('gs', 'gcsfs', 'gcs'), ('s3', 's3fs', 's3')])
def test_a_missing_package_is_named(scheme, module, extra, monkeypatch):
  monkeypatch.setitem(sys.modules, module, None)
  with pytest.raises(errors.ConfigError,
                     match=rf"pip install -e '.\[{extra}\]'"):
    buckets.Store(f'{scheme}://a/b')


def test_checkpoints_are_staged(bucket):
  tree = {'params': {'g': {'w': jnp.arange(9.), 'none': jnp.zeros((0, 3))}},
          'step': jnp.int32(4)}
  with checkpoint.Checkpointer(f'{URL}/checkpoints', keep=2) as c:
    assert c.restore(tree) is None
    for step in (1, 2, 3):
      assert c.save(step, tree, dict(score=step))
    assert not c.save(3, tree)
    assert c.steps() == [2, 3] and c.scores() == {2: 2., 3: 3.}
  # Cut short: whole but for the file that is written last.
  (bucket / 'run/checkpoints/3/commit_success.txt').unlink()
  (bucket / 'run/checkpoints/3.damaged').mkdir()
  again = checkpoint.Checkpointer(f'{URL}/checkpoints', keep=2)
  step, found, meta = again.restore(tree)
  assert step == 2 and meta == dict(score=2)
  bit_equal(found, tree)
  assert again.save(4, tree)
  again.close()
  assert again.steps() == [2, 4]
  assert not [p for p in bucket.glob('run/checkpoints/3/**/*') if p.is_file()]


def test_a_damaged_step_is_passed_over_and_a_silent_store_is_not(
    bucket, monkeypatch):
  tree = {'params': {'g': {'w': jnp.arange(1000.)}}}
  with checkpoint.Checkpointer(f'{URL}/checkpoints') as c:
    for step in (1, 2):
      c.save(step, tree)
  for path in (bucket / 'run/checkpoints/2/state').rglob('d/*'):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 255
    path.write_bytes(raw)
  c = checkpoint.Checkpointer(f'{URL}/checkpoints')
  assert c.restore(tree)[0] == 1 and c.latest() == 1
  c.save(2, tree)
  c.close()
  assert checkpoint.Checkpointer(f'{URL}/checkpoints').restore(tree)[0] == 2
  assert (bucket / 'run/checkpoints/2.damaged').exists()

  def get(*_):
    raise OSError('the net is down')
  monkeypatch.setattr(buckets.Store, 'get', get)
  c = checkpoint.Checkpointer(f'{URL}/checkpoints')
  with pytest.raises(checkpoint.CheckpointError, match='the net is down'):
    c.restore(tree)
  assert c.latest() == 2       # not taken for damaged


def test_a_save_that_fails_is_told(bucket, monkeypatch):
  def put(*_):
    raise OSError('the net is down')
  tree = {'params': {'g': {'w': jnp.arange(9.)}}}
  with checkpoint.Checkpointer(f'{URL}/checkpoints') as c:
    c.save(1, tree)
    c.wait()
    monkeypatch.setattr(buckets.Store, 'put', put)
    c.save(2, tree)
    with pytest.raises(checkpoint.CheckpointError,
                       match='the net is down. The last sound.* step 1'):
      c.wait()


def test_a_run_is_that_of_a_folder(bucket, tmp_path):
  c = tiny('gan_ring', steps=40, **{
      'checkpoint.every': 20, 'log.every': 10, 'evals.modes.every': 20})
  whole = train.train(c, tmp_path / 'here', progress=False)
  c.steps = 20
  train.train(c, URL, progress=False)
  # A start that was killed: rows and pictures after the last checkpoint.
  lost = bucket / 'run/metrics.jsonl'
  lost.write_text(lost.read_text() + json.dumps(dict(
      kind='train', step=30, time=0., values={})) + '\n')
  (bucket / 'run/samples/00000030.png').write_bytes(b'')
  c.steps = 40
  resumed = train.train(c, URL, progress=False)
  bit_equal(resumed, whole)
  assert rows(URL) == rows(tmp_path / 'here')
  assert not (bucket / 'run/samples/00000030.png').exists()
  assert [e['event'] for e in events.read(URL) if e['event'] in (
      'started', 'restored', 'finished')] == [
          'started', 'finished', 'started', 'restored', 'finished']
  assert {'config.json', 'run.json', 'report.html', 'samples'} <= {
      p.name for p in (bucket / 'run').iterdir()}
  step, state = experiment.open_run(URL)[1:3]
  assert step == 40
  bit_equal(leaves(state), leaves(whole))
  assert status.runs(['s3://bucket', URL]) == [URL]
  assert status.look(URL, 30.)['state'] == 'finished'


def rows(workdir):
  """Rows of a run but for what a clock has told."""
  return [{k: {n: v for n, v in x.items() if not n.startswith('speed/')}
           if k == 'values' else x for k, x in row.items() if k != 'time'}
          for row in metrics.read_rows(workdir)]


def test_data_are_copied_once(bucket, tmp_path, monkeypatch):
  rng = np.random.default_rng(0)
  for name in ('a/0.png', 'a/1.png', 'b/0.png'):
    path = bucket / 'photos' / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 255, (8, 8, 3), np.uint8)).save(path)
  options = dict(name='folder', path='gs://bucket/photos', size=8, labels=True)
  source = data.make(**options)
  assert len(source) == 3 and source.spec.classes == 2
  taken = []
  get = buckets.Store.get
  monkeypatch.setattr(buckets.Store, 'get', lambda self, names, folder: (
      taken.extend(names), get(self, names, folder)))
  data.make(**options)
  assert not taken
  (bucket / 'photos/a/1.png').unlink()
  Image.fromarray(rng.integers(0, 255, (9, 9, 3), np.uint8)).save(
      bucket / 'photos/b/0.png')
  assert len(data.make(**options)) == 2 and taken == ['b/0.png']
  # One file, and nothing.
  assert buckets.cached('gs://bucket/photos/b/0.png').read_bytes() == (
      bucket / 'photos/b/0.png').read_bytes()
  with pytest.raises(errors.ConfigError, match='nothing at gs://bucket/none'):
    data.make(**dict(options, path='gs://bucket/none'))


def test_a_tfds_set_is_copied_without_its_neighbours(bucket, tmp_path):
  """array_record, by which tfds reads at random, opens files alone."""
  files = tmp_path / 'files'
  files.mkdir()
  made = fashion(files, pack=True)
  prepare.prepare('fashion_mnist', str(bucket / 'tfds'), str(files))
  (bucket / 'tfds/mnist').mkdir()
  (bucket / 'tfds/mnist/large').write_text('1')
  source = data.make(
      'tfds', tfds_name='fashion_mnist', data_dir='s3://bucket/tfds')
  assert len(source) == len(made['train'][0])
  here = tmp_path / 'cache/remote/s3/bucket/tfds'
  assert [p.name for p in here.iterdir()] == ['fashion_mnist']
