"""The training loop: resume, kill, signals, traces, and what stops a run."""

import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import checkpoint, data, errors, experiment, metrics
from gans_jax import game as G
from gans_jax import dispatch, train
from tests.pods import pod

ROOT = pathlib.Path(__file__).parents[1]
# One tiny config of each system.
SYSTEMS = dict(gan='gan_ring', dcgan='dcgan_mnist', cgan='cgan_ring',
               wgan='wgan_ring', wgan_gp='wgan_gp_ring')


def tiny(name, **changes):
  c = importlib.import_module(f'configs.{name}').get_config('tiny')
  c.log.tensorboard = False
  c.update_from_flattened_dict(changes)
  return c


def leaves(state):
  return jax.tree.map(
      lambda x: np.asarray(jax.random.key_data(x)) if jnp.issubdtype(
          x.dtype, jax.dtypes.prng_key) else np.asarray(x), state)


def bit_equal(a, b):
  jax.tree.map(np.testing.assert_array_equal, leaves(a), leaves(b))


def command(name, workdir, *more):
  return [sys.executable, str(ROOT / 'launch/train.py'), '--noprogress',
          f'--config={ROOT}/configs/{name}.py:tiny', f'--workdir={workdir}',
          '--config.log.tensorboard=False', *more]


def one_device():
  """Environment of a script: the tests' eight devices are not wanted."""
  return {**os.environ, 'XLA_FLAGS': '', 'JAX_PLATFORMS': 'cpu'}


@pytest.mark.parametrize('name', SYSTEMS.values())
def test_kill_9_and_resume_is_bit_exact(name, tmp_path):
  """2N steps = N, kill -9 somewhere after, resume to 2N."""
  c = tiny(name)
  whole = train.train(c, tmp_path / 'whole', progress=False)
  process = subprocess.Popen(
      command(name, tmp_path / 'killed', '--config.steps=100000000'),
      env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
  first = tmp_path / 'killed/checkpoints' / str(c.checkpoint.every)
  try:
    deadline = time.time() + 240
    while not first.exists():
      assert time.time() < deadline and process.poll() is None
      time.sleep(.002)
  finally:
    process.send_signal(signal.SIGKILL)
    process.wait()
  # What was written after the first checkpoint is taken away, so that there
  # is something left to do: the kill came somewhere past it.
  kept = c.checkpoint.every
  for step in checkpoint.Checkpointer(tmp_path / 'killed/checkpoints').steps():
    if step > kept:
      (tmp_path / 'killed/checkpoints' / str(step)).rename(
          tmp_path / f'lost_{step}')
  resumed = train.train(c, tmp_path / 'killed', progress=False)
  assert int(resumed.step) == c.steps
  bit_equal(whole, resumed)
  assert pod.rows(tmp_path / 'whole') == pod.rows(tmp_path / 'killed')


@pytest.mark.parametrize('name', ['gan_ring'])
def test_batches_after_resume_are_those_of_the_whole_run(name):
  c = tiny(name)
  exp = experiment.build(c)
  make = lambda: data.Loader(exp.source, c.batch, c.seed, rounds=c.rounds)
  with make() as whole, make() as resumed:
    everything = dict(whole.iterate(0, c.steps))
    for step, batch in resumed.iterate(c.checkpoint.every, c.steps):
      jax.tree.map(np.testing.assert_array_equal, batch, everything[step])


def test_one_trace_a_program_over_a_whole_run(tmp_path, monkeypatch):
  """Of the rounds, of sampling and of initialisation, evaluation included."""
  counts = dict(play=0, sample=0)
  def counting(name):
    original = getattr(G, name)
    def counted(*args, **kwargs):
      counts[name] += 1
      return original(*args, **kwargs)
    return counted
  monkeypatch.setattr(dispatch, 'play', counting('play'))
  monkeypatch.setattr(G, 'sample', counting('sample'))
  c = tiny('gan_ring', **{'evals.modes.every': 5, 'samples.every': 5})
  train.train(c, tmp_path, progress=False)
  # lax.scan traces its body once for its type and once for the program.
  assert counts['play'] <= 2, counts
  assert counts['sample'] == 1, counts


def test_resuming_with_more_steps_goes_on(tmp_path):
  c = tiny('gan_ring', steps=10)
  train.train(c, tmp_path, progress=False)
  c.steps = 20
  more = train.train(c, tmp_path, progress=False)
  bit_equal(more, train.train(tiny('gan_ring'), tmp_path / 'x', progress=False))


def test_nothing_left_to_do(tmp_path, capsys):
  c = tiny('gan_ring')
  first = train.train(c, tmp_path, progress=False)
  before = (tmp_path / 'metrics.jsonl').read_bytes()
  again = train.train(c, tmp_path, progress=False)
  assert 'nothing left to do' in capsys.readouterr().out
  bit_equal(first, again)
  assert (tmp_path / 'metrics.jsonl').read_bytes() == before


def test_another_experiment_in_the_workdir_is_refused(tmp_path):
  train.train(tiny('gan_ring'), tmp_path, progress=False)
  before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
  with pytest.raises(errors.ConfigError, match='model.z: 8 there, 4 asked'):
    train.train(tiny('gan_ring', **{'model.z': 4}), tmp_path, progress=False)
  assert before == {
      p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}


def test_seeds_train_as_single_runs(tmp_path):
  sgd = dict(name='sgd', lr=1e-2)
  c = tiny('gan_ring', seeds=4)
  c.model.g_optim = c.model.d_optim = sgd
  many = train.train(c, tmp_path / 'many', progress=False)
  for i in (1, 3):
    c.seeds, c.seed = 1, i
    one = train.train(c, tmp_path / f'one{i}', progress=False)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-6, atol=2e-6),
        leaves(G.take_seed(many, i)).replace(key=0),
        leaves(one).replace(key=0))
  rows = metrics.read_rows(tmp_path / 'many')
  last = [r for r in rows if r['kind'] == 'eval'][-1]
  assert len(last['seeds']['modes/hq']) == 4
  np.testing.assert_allclose(
      last['values']['modes/hq'], np.mean(last['seeds']['modes/hq']))


def broken_system(monkeypatch, loss, when_step=6):
  """The gan system, whose D's loss becomes `loss` at a step."""
  original = experiment.build

  def build(config):
    exp = original(config)
    first, *rest = exp.game.round
    def d_loss(t):
      return first.loss(t) * jnp.where(t.step == when_step, loss, 1.)
    game = G.dataclasses.replace(
        exp.game, round=(G.Move('d', d_loss), *rest))
    return experiment.Experiment(exp.config, exp.source, game)
  monkeypatch.setattr(experiment, 'build', build)


@pytest.mark.parametrize('bad', [np.nan, np.inf])
def test_a_loss_that_is_not_finite_stops_the_run(tmp_path, monkeypatch, bad):
  broken_system(monkeypatch, bad)
  c = tiny('gan_ring', **{'checkpoint.every': 5, 'rounds': 5})
  with pytest.raises(errors.TrainingError) as e:
    train.train(c, tmp_path, progress=False)
  assert "loss 'd/d_loss' is not finite at step 7" in str(e.value)
  assert 'last sound checkpoint is step 5' in str(e.value)
  state = experiment.open_run(tmp_path)[2]
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(state.params))


def test_params_that_are_not_finite_are_never_saved(tmp_path, monkeypatch):
  """A finite loss can have a gradient that is not."""
  original = experiment.build

  def build(config):
    exp = original(config)
    d_move, g_move = exp.game.round
    def g_loss(t):
      # sqrt has no derivative at 0.
      value = g_move.loss(t)
      return jnp.sqrt(jnp.where(t.step == 9, 0., 1.) * value ** 2)
    game = G.dataclasses.replace(
        exp.game, round=(d_move, G.Move('g', g_loss)))
    return experiment.Experiment(exp.config, exp.source, game)
  monkeypatch.setattr(experiment, 'build', build)
  c = tiny('gan_ring', **{'checkpoint.every': 5})
  with pytest.raises(errors.TrainingError, match='params of g.* at step 10'):
    train.train(c, tmp_path, progress=False)
  assert checkpoint.Checkpointer(tmp_path / 'checkpoints').steps() == [5]


@pytest.mark.parametrize('signum, more, status', [
    (signal.SIGTERM, ['--requeue'], 75), (signal.SIGINT, [], 130)])
def test_signals_save_and_exit(tmp_path, signum, more, status):
  process = subprocess.Popen(
      command('gan_ring', tmp_path, '--config.steps=100000000', *more),
      env=one_device(), stderr=subprocess.PIPE, text=True)
  deadline = time.time() + 120
  while not (tmp_path / 'metrics.jsonl').exists():
    assert time.time() < deadline and process.poll() is None
    time.sleep(.05)
  process.send_signal(signum)
  _, err = process.communicate(timeout=120)
  assert process.returncode == status, err
  assert 'saved' in err and 'Traceback' not in err
  saved = checkpoint.Checkpointer(tmp_path / 'checkpoints').latest()
  assert f'at step {saved}' in err


def test_a_damaged_checkpoint_is_passed_over(tmp_path, caplog):
  c = tiny('gan_ring')
  whole = train.train(c, tmp_path, progress=False)
  newest = tmp_path / 'checkpoints' / str(c.steps)
  biggest = max((p for p in newest.rglob('*') if p.is_file()),
                key=lambda p: p.stat().st_size)
  damaged = bytearray(biggest.read_bytes())
  damaged[len(damaged) // 2] ^= 0xff
  biggest.write_bytes(damaged)
  again = train.train(c, tmp_path, progress=False)
  bit_equal(whole, again)
  assert (tmp_path / 'checkpoints' / str(c.steps)).exists()


def test_if_no_checkpoint_is_sound_nothing_is_overwritten(tmp_path):
  c = tiny('gan_ring')
  train.train(c, tmp_path, progress=False)
  for step in (tmp_path / 'checkpoints').iterdir():
    for path in step.rglob('*'):
      if path.is_file():
        path.write_bytes(path.read_bytes()[:-7])
  before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
  with pytest.raises(checkpoint.CheckpointError):
    train.train(c, tmp_path, progress=False)
  assert before == {
      p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}


@pytest.mark.parametrize('arguments, message', [
    (['--config.stpes=5'], "unknown config key 'stpes'. Did you mean 'steps'"),
    (['--config.batch=31'], '31'),
    (['--config.system=wgn'], "Did you mean 'wgan'"),
    (['--config.steps=x'], 'steps'),
    (['--wrkdir=x'], 'workdir'),
    (['--parts=r2:gama=1'], "Did you mean 'gamma'"),
    (['--parts=topk'], "Did you mean 'top_k'"),
])
def test_mistakes_are_one_line_and_status_2(tmp_path, arguments, message):
  done = subprocess.run(
      command('gan_ring', tmp_path / 'new', *arguments), text=True,
      env=os.environ, capture_output=True, timeout=120)
  assert done.returncode == 2, done.stderr
  lines = [x for x in done.stderr.splitlines() if x.startswith('error: ')]
  assert len(lines) == 1 and message in lines[0], done.stderr
  assert 'Traceback' not in done.stderr
  assert not (tmp_path / 'new').exists()


def test_parts_are_added_from_the_command_line(tmp_path):
  done = subprocess.run(
      command('gan_ring', tmp_path, '--parts=r1:gamma=10,every=4,drift'),
      text=True, env=one_device(), capture_output=True, timeout=120)
  assert done.returncode == 0, done.stderr
  config = json.loads((tmp_path / 'config.json').read_text())
  assert config['model']['parts'] == dict(r1=dict(gamma=10, every=4), drift={})
  assert 'd/r1' in (tmp_path / 'metrics.jsonl').read_text()


def test_run_json_tells_what_it_stood_on(tmp_path):
  train.train(tiny('gan_ring'), tmp_path, progress=False)
  run = json.loads((tmp_path / 'run.json').read_text())
  assert run['versions']['jax'] == jax.__version__
  assert run['parameters'] == dict(d=337, g=450)
  assert run['step'] == 20 and run['starts'][0]['step'] == 0


def test_the_loop_works_under_a_transfer_guard(tmp_path, monkeypatch):
  """What the device is given, it is given explicitly."""
  seen = []
  original = jax.transfer_guard
  monkeypatch.setattr(jax, 'transfer_guard',
                      lambda level: seen.append(level) or original(level))
  train.train(tiny('gan_ring'), tmp_path, progress=False)
  assert seen.count('disallow') == 4      # once a dispatch
