"""A run in a bucket from its start to its samples, beside one in a folder."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from gans_jax import checkpoint, events, experiment, train
from tests.test_remote import rows
from tests.test_train import ROOT, bit_equal, command, one_device, tiny

STEPS, EVERY = 400, 20
CHANGES = {'steps': STEPS, 'checkpoint.every': EVERY, 'log.every': 10,
           'evals.modes.every': 100, 'samples.every': 100, 'rounds': 10}


def script(name, *arguments):
  """What a script of launch/ prints; it must end well."""
  done = subprocess.run(
      [sys.executable, str(ROOT / f'launch/{name}.py'), *arguments],
      env=one_device(), capture_output=True, text=True, timeout=300)
  assert done.returncode == 0, done.stderr
  return done.stdout


def options(changes):
  return [f'--config.{k}={v}' for k, v in changes.items()]


@pytest.fixture(scope='module')
def run(scheme, tmp_path_factory):
  """(URL, folder): of a run killed and resumed in a bucket; of one that wasn't.
  """
  url = f'{scheme}://runs/a'
  folder = tmp_path_factory.mktemp('runs') / 'whole'
  process = subprocess.Popen(
      command('gan_ring', url, *options(CHANGES)), env=one_device(),
      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
  steps = checkpoint.Checkpointer(f'{url}/checkpoints').steps
  try:
    deadline = time.time() + 120
    while (steps() or [0])[-1] < 3 * EVERY:
      assert time.time() < deadline and process.poll() is None, (
          process.stderr.read().decode())
      time.sleep(.02)
  finally:
    process.send_signal(signal.SIGKILL)
    process.wait()
  assert 3 * EVERY <= steps()[-1] < STEPS, 'the kill came too late'
  script('train', *command('gan_ring', url, *options(CHANGES))[2:])
  script('train', *command('gan_ring', folder, *options(CHANGES))[2:])
  return url, folder


def test_a_killed_run_ends_as_one_that_was_not(run):
  url, folder = run
  theirs, ours = (experiment.open_run(where) for where in (url, folder))
  assert theirs[1] == ours[1] == STEPS
  bit_equal(theirs[2], ours[2])
  assert rows(url) == rows(folder)
  told = [e['event'] for e in events.read(url)]
  assert told.count('started') == 2 and told.count('restored') == 1
  assert told[-1] == 'finished'


def test_the_bucket_holds_what_the_folder_does(run, store):
  url, folder = run
  base = url.split('://')[1]
  there = {n.removeprefix(base + '/') for n in store.find(base)}
  here = {p.relative_to(folder).as_posix() for p in folder.rglob('*')
          if p.is_file()}
  apart = lambda names: {n for n in names if not n.startswith('checkpoints/')}
  assert apart(there) == apart(here)
  assert store.cat_file(f'{base}/report.html').startswith(b'<!')
  # Nothing is left of steps that were let go of.
  assert ({n.split('/')[1] for n in there - apart(there)}
          == {n.split('/')[1] for n in here - apart(here)})


def test_scripts_that_read_it(run, tmp_path, store):
  url, folder = run
  script('eval', f'--workdir={url}', '--metrics=modes:n=500', '--noprogress')
  script('eval', f'--workdir={folder}', '--metrics=modes:n=500', '--noprogress')
  text = lambda where: sorted(map(json.dumps, rows(where)))
  assert text(url) == text(folder)
  # One writer a file: metrics.jsonl is the run's.
  followed = store.cat_file(url.split('://')[1] + '/followed.jsonl')
  assert len(followed.splitlines()) == 1
  for where in run:
    script('sample', f'--workdir={where}', '--n=16',
           f'--out={tmp_path}/{"b" if where == url else "a"}.png')
  assert (tmp_path / 'a.png').read_bytes() == (tmp_path / 'b.png').read_bytes()
  found = json.loads(script('status', url.rpartition('/')[0], '--json'))
  assert found['run'] == url and found['state'] == 'finished'
  assert found['step'] == found['saved'] == STEPS and found['starts'] == 2
  assert 'nothing left to do' in script(
      'train', *command('gan_ring', url, *options(CHANGES))[2:])


def test_a_flipped_byte_is_noticed(run, store):
  url, _ = run
  where = url.split('://')[1] + f'/checkpoints/{STEPS}/state'
  for name in store.find(where):
    if '/d/' in name:
      raw = bytearray(store.cat_file(name))
      raw[len(raw) // 2] ^= 255
      store.pipe_file(name, bytes(raw))
  assert experiment.open_run(url)[1] == STEPS - EVERY
  c = tiny('gan_ring', **CHANGES)
  state = train.train(c, url, progress=False)
  assert int(state.step) == STEPS
  assert experiment.open_run(url)[1] == STEPS
  assert store.exists(f'{url}/checkpoints/{STEPS}.damaged/meta/metadata')


def test_a_bucket_that_is_not_there(scheme, store):
  done = subprocess.run(
      command('gan_ring', f'{scheme}://no-such-bucket/a'), env=one_device(),
      capture_output=True, text=True, timeout=300)
  assert done.returncode == 2
  assert f'error: {scheme}://no-such-bucket/a cannot be' in done.stderr
  assert 'Traceback' not in done.stderr and len(done.stderr.splitlines()) == 1


def test_no_credentials(scheme):
  if scheme == 'gs':
    pytest.skip('gcsfs goes on without any, as to a public bucket')
  env = one_device()
  del env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']
  env['AWS_SHARED_CREDENTIALS_FILE'] = env['AWS_CONFIG_FILE'] = os.devnull
  done = subprocess.run(
      command('gan_ring', 's3://runs/b'), env=env, capture_output=True,
      text=True, timeout=300)
  assert done.returncode == 2 and 'credentials' in done.stderr
  assert len(done.stderr.splitlines()) == 1


def test_two_processes(scheme, tmp_path, store):
  """Of S3 process 0 writes all; of GCS each writes its part."""
  url = f'{scheme}://runs/pod'
  for steps in (20, 40):
    done = subprocess.run(
        ['bash', 'launch/local_pod.sh', '2', '--', '--noprogress',
         f'--workdir={url}', '--config=configs/gan_ring.py:tiny',
         *options(dict(CHANGES, steps=steps))], cwd=ROOT, timeout=300,
        capture_output=True, text=True, env={
            **one_device(), 'DEVICES': '1', 'RESTARTS': '0',
            'PYTHON': sys.executable,
            'LOGS': str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
  told = events.read(url)
  assert [e['step'] for e in told if e['event'] == 'restored'] == [20]
  assert {e['processes'] for e in told if e['event'] == 'started'} == {2}
  assert experiment.open_run(url)[1] == 40
  found = {n.split('/')[3] for n in store.find('runs/pod/checkpoints')}
  assert found == {'20', '40'}
