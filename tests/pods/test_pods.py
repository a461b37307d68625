"""Several processes: preempted, killed, and gone on with on other devices."""

import signal
import textwrap

import jax
import numpy as np
import pytest

from gans_jax import checkpoint, data, events, metrics, train
from tests.pods import chaos, pod
from tests.test_train import leaves

# Adam turns rounding into steps of its rate: other numbers of devices are
# compared under SGD.
SGD = """
from configs import gan_ring
def get_config(arg=''):
  c = gan_ring.get_config('tiny')
  c.model.g_optim = c.model.d_optim = dict(name='sgd', lr=1e-2)
  c.checkpoint.every, c.log.tensorboard, c.samples.every = 5, False, 40
  c.steps = 40
  return c
"""


def config(tmp_path):
  path = tmp_path / 'sgd.py'
  path.write_text(textwrap.dedent(SGD))
  found = {}
  exec(path.read_text(), found)
  return path, found['get_config']()


def losses(workdir):
  rows = [r for r in metrics.read_rows(workdir) if r['kind'] == 'train']
  return np.array([[v for k, v in r['values'].items()
                    if not k.startswith('speed/')] for r in rows])


def test_preempted_on_two_hosts_goes_on_on_one(tmp_path):
  """2 processes of 4 devices, SIGTERM to one; then 1 x 8; then 1 x 2."""
  path, c = config(tmp_path)
  workdir = tmp_path / 'run'
  with pod.Pod(workdir, [f'--config={path}', '--config.steps=1000000'],
               count=2, devices=4) as run:
    assert run.until(lambda: run.step() >= 5), run.text()
    pod.kill(run.pids()[1], signal.SIGTERM)      # not the one that writes
    assert run.wait(120) == 75, run.text()
    said = [(run.logs / f'{i}.log').read_text().splitlines()[-1]
            for i in range(2)]
  *_, last = events.read(workdir)
  started = events.read(workdir)[0]
  assert (started['processes'], started['devices']) == (2, 8)
  assert last['event'] == 'preempted' and last['signal'] == 'SIGTERM'
  at = last['step']
  assert set(said) == {
      f'SIGTERM at step {at}: saved. The same command goes on from there.'}
  assert checkpoint.Checkpointer(workdir / 'checkpoints').latest() == at

  for c.steps, c.mesh.data in ((at + 10, 8), (at + 20, 2)):
    state = train.train(c, workdir, progress=False)
  assert [(e['event'], e['step'], e.get('devices')) for e in events.read(
      workdir) if e['event'] == 'restored'] == [
          ('restored', at, 8), ('restored', at + 10, 2)]
  c.mesh.data = 8
  whole = train.train(c, tmp_path / 'whole', progress=False)
  jax.tree.map(lambda a, b: np.testing.assert_allclose(
      a, b, rtol=2e-5, atol=2e-6), leaves(whole), leaves(state))
  np.testing.assert_allclose(losses(workdir), losses(tmp_path / 'whole'),
                             rtol=2e-5, atol=2e-6)


def test_hosts_read_parts_of_one_sequence_of_batches():
  """Bit for bit, from any step on, whatever the number of hosts."""
  source = data.make('digits')
  load = lambda k, n: data.Loader(source, 32, 3, batches=2, rounds=2,
                                  shard=(k, n)).batch(37)
  whole = load(0, 1)
  for hosts in (2, 4, 8):
    parts = [load(k, hosts) for k in range(hosts)]
    for key, x in whole.items():
      np.testing.assert_array_equal(
          np.concatenate([p[key] for p in parts], 2), x)


def test_a_killed_pod_ends_as_an_undisturbed_one(tmp_path):
  """The short form of tests/pods/chaos.py: the coordinator, while saving."""
  found = chaos.chaos(
      tmp_path, ['save'], config='configs/gan_ring.py:tiny', steps=300,
      every=50, rounds=5, seed=1, heartbeat=5)
  assert found['kills'] == 1 and found['starts'] == 2


@pytest.mark.slow
def test_a_pod_that_hangs_ends_itself_and_is_started_again(tmp_path):
  """One of two processes stands still, and the heartbeat takes long to tell."""
  args = chaos.arguments('configs/gan_ring.py:tiny', 1500, 50, 5)
  with pod.Pod(tmp_path / 'run', [*args, '--config.faults.hang=25'],
               restarts=2, heartbeat=300) as run:
    assert run.until(lambda: run.step() >= 60), run.text()
    stopped = run.pids()[1]
    pod.kill(stopped, signal.SIGSTOP)
    assert run.until(lambda: 'stalled' in pod.happened(run.workdir)), run.text()
    pod.kill(stopped, signal.SIGKILL)    # a scheduler ends what is left
    assert run.wait(300) == 0, run.text()
    said = (run.logs / '0.log').read_text()
  told = pod.happened(tmp_path / 'run')
  assert told[-1] == 'finished' and told.count('started') == 2
  assert told.index('stalled') < told.index('restored')
  assert 'no round for' in said and 'Thread 0x' in said    # its stacks
