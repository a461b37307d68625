"""Checkpoints: exact, on any devices, and never silently wrong."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.experimental import multihost_utils

from gans_jax import checkpoint, errors, sharding
from gans_jax.game import State

ROOT = pathlib.Path(__file__).resolve().parents[1]


def make_state(step=1, width=5, seeds=0, seed=0):
  """A State with all that games put into one: bf16, empty trees, keys."""
  lead = (seeds,) if seeds else ()
  rng = np.random.default_rng((seed, step))
  normal = lambda *shape: jnp.asarray(
      rng.normal(size=lead + shape).astype(np.float32))
  net = lambda: {'Dense_0': {'kernel': normal(3, width), 'bias': normal(width)}}
  params = {'g': net(), 'd': net(), 'f': net()}
  adam = optax.adam(1e-3).init
  keys = [jax.random.key(10 * seed + i) for i in range(seeds or 1)]
  return State(
      step=jnp.int32(step), key=jnp.stack(keys) if seeds else keys[0],
      params=params,
      stats={'g': {'batch_stats': {'mean': normal(width)}}, 'd': {}, 'f': {}},
      opt={n: (jax.vmap(adam) if seeds else adam)({n: params[n]})
           for n in 'gd'},
      ema={'g': net()},
      memory={'k': normal(), 'flag': normal() > 0, 'none': normal(0, 2),
              'low': normal(4).astype(jnp.bfloat16)})


def assert_equal(a, b):
  """Bit for bit, of the same structure, dtypes and key kinds."""
  assert jax.tree.structure(a) == jax.tree.structure(b)
  for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
    assert x.dtype == y.dtype and x.shape == y.shape
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      x, y = jax.random.key_data(x), jax.random.key_data(y)
    assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


def saved(directory, steps=(1, 2, 3), **options):
  with checkpoint.Checkpointer(directory, **options) as c:
    for step in steps:
      assert c.save(step, make_state(step), {'config': {'lr': step}})
  return directory


@pytest.fixture
def folder(tmp_path):
  return saved(tmp_path / 'checkpoints')


def files(directory):
  return sorted(p for p in directory.rglob('*') if p.is_file())


def snapshot(directory):
  return {p: p.read_bytes() for p in files(directory)}


def largest(step):
  """The file that holds the small arrays; a large one has a file of its own."""
  return max(files(step / 'state' / 'd'), key=lambda p: p.stat().st_size)


# --- what is saved comes back ------------------------------------------------


def test_restores_the_newest_step_exactly(folder):
  c = checkpoint.Checkpointer(folder)
  step, state, meta = c.restore(make_state(seed=9))
  assert (step, meta, c.latest()) == (3, {'config': {'lr': 3}}, 3)
  assert_equal(state, make_state(3))
  step, state, _ = c.restore(make_state(seed=9), step=2)
  assert step == 2
  assert_equal(state, make_state(2))
  with pytest.raises(errors.ConfigError, match='no checkpoint of step 7.*1, 2'):
    c.restore(make_state(), step=7)


def test_nothing_there_is_none_and_makes_nothing(tmp_path):
  c = checkpoint.Checkpointer(tmp_path / 'a' / 'b')
  assert c.restore(make_state()) is None
  assert c.steps() == [] and c.latest() is None
  c.close()
  assert not (tmp_path / 'a').exists()


def test_keeps_the_newest(tmp_path):
  saved(tmp_path, steps=range(1, 6), keep=2, asynchronous=False)
  assert checkpoint.Checkpointer(tmp_path).steps() == [4, 5]


@pytest.mark.parametrize('asynchronous', [True, False])
def test_a_save_does_not_ask_whether_to_stop(
    tmp_path, monkeypatch, asynchronous):
  """JAX would count on from the step: the run would stop dispatches later."""
  asked = []
  monkeypatch.setattr(multihost_utils, 'reached_preemption_sync_point',
                      lambda step: bool(asked.append(step)))
  with checkpoint.Checkpointer(
      tmp_path, asynchronous=asynchronous) as saved:
    for step in (1, 50_000):
      saved.save(step, make_state(step))
  assert saved.steps() == [1, 50_000] and not asked


@pytest.mark.parametrize('count', [1, 2, 8])
def test_restores_onto_other_devices(tmp_path, count):
  mesh = sharding.make_mesh(4)
  assert dict(mesh.shape) == {'seed': 4, 'data': 2}
  state = make_state(seeds=4)
  spread = jax.device_put(state, sharding.state_sharding(mesh, state, 4))
  with checkpoint.Checkpointer(tmp_path) as c:
    c.save(1, spread)
  mesh = sharding.make_mesh(4, jax.devices()[:count])
  like = sharding.abstract(state, sharding.state_sharding(mesh, state, 4))
  _, restored, _ = checkpoint.Checkpointer(tmp_path).restore(like)
  assert_equal(restored, state)
  for wanted, got in zip(jax.tree.leaves(like), jax.tree.leaves(restored),
                         strict=True):
    assert got.sharding.is_equivalent_to(wanted.sharding, got.ndim)


def test_like_may_depend_on_the_step(folder):
  asked = []
  def like(step):
    asked.append(step)
    return make_state(seed=9)
  step, state, _ = checkpoint.Checkpointer(folder).restore(like)
  assert asked == [step] == [3]
  assert_equal(state, make_state(3))


def test_donated_buffers_are_copied_first(tmp_path):
  update = jax.jit(lambda x: jax.tree.map(lambda a: a * 0 - 1, x),
                   donate_argnums=0)
  tree = {'params': {'g': {'w': jnp.arange(2_000_000, dtype=jnp.float32)}}}
  wanted = jax.tree.map(np.array, tree)
  with checkpoint.Checkpointer(tmp_path) as c:
    c.save(1, tree)
    tree = update(update(tree))      # while the files are being written
    assert float(tree['params']['g']['w'].max()) == -1
  _, restored, _ = checkpoint.Checkpointer(tmp_path).restore(wanted)
  assert_equal(restored, wanted)


def test_frozen_nets_are_not_saved(tmp_path):
  state = make_state()
  with checkpoint.Checkpointer(tmp_path, frozen=('f',)) as c:
    c.save(1, state)
    like = make_state(seed=3)
    _, restored, _ = c.restore(like)
    assert_equal(restored.params['f'], like.params['f'])
    assert_equal(restored.params['g'], state.params['g'])
    shapes = jax.eval_shape(make_state)
    with pytest.raises(TypeError, match='params/f.*frozen'):
      c.restore(shapes)
  assert set(checkpoint.load_nets(tmp_path)) == {'g', 'd'}


def test_other_structure_names_the_leaf(folder):
  c = checkpoint.Checkpointer(folder)
  with pytest.raises(errors.ConfigError, match=(
      r'ema/g/Dense_0/bias is float32\[5\] in the checkpoint and '
      r'float32\[6\] in this game')):
    c.restore(make_state(width=6))
  like = make_state()
  with pytest.raises(errors.ConfigError, match='memory/k is in the chec'):
    c.restore(like.replace(memory={
        k: v for k, v in like.memory.items() if k != 'k'}))
  with pytest.raises(errors.ConfigError, match='memory/new is not in th'):
    c.restore(like.replace(memory={**like.memory, 'new': jnp.zeros(())}))
  other = jax.random.key(0, impl='rbg')
  with pytest.raises(errors.ConfigError, match=r'key is key<fry>\[\] in'):
    c.restore(like.replace(key=other))
  assert c.latest() == 3


@pytest.mark.parametrize('leaf, error', [
    ('word', 'memory/x is a str'), (3, 'memory/x is a int'),
    (object(), 'memory/x is a object'), (np.array(['a']), 'dtype <U1'),
    (np.array([None]), 'dtype object'), (np.zeros(2), 'dtype float64')])
def test_leaves_that_cannot_be_saved(tmp_path, leaf, error):
  state = make_state()
  with checkpoint.Checkpointer(tmp_path / 'c') as c:
    with pytest.raises(TypeError, match=error):
      c.save(1, state.replace(memory={'x': leaf}))
    with pytest.raises(TypeError, match='JSON'):
      c.save(1, state, {'x': {1, 2}})
  assert not (tmp_path / 'c').exists()


def test_load_nets_without_the_game(folder):
  state = make_state(3)
  nets = checkpoint.load_nets(folder)
  assert_equal(nets, {**state.params, 'g': state.ema['g']})
  assert_equal(checkpoint.load_nets(folder, ['g'], ema=False),
               {'g': state.params['g']})
  assert_equal(checkpoint.load_nets(folder, ['d'], step=1),
               {'d': make_state(1).params['d']})
  assert_equal(checkpoint.load_variables(folder, ['g'])['g'], {
      'params': state.ema['g'], **state.stats['g']})
  with pytest.raises(errors.ConfigError, match="unknown net.*'x'.*d, f, g"):
    checkpoint.load_nets(folder, ['x'])
  with pytest.raises(errors.ConfigError, match='there is no checkpoint in'):
    checkpoint.load_nets(folder / 'none')


# --- damage ------------------------------------------------------------------


def flip(path, where=0.5):
  raw = bytearray(path.read_bytes())
  raw[int(where * (len(raw) - 1))] ^= 0x10
  path.write_bytes(raw)


def flipped_byte(step):
  flip(largest(step))


def truncated_file(step):
  path = largest(step)
  path.write_bytes(path.read_bytes()[:-20])


def missing_file(step):
  largest(step).unlink()


def emptied(step):
  shutil.rmtree(step)
  step.mkdir()


def half_copied(step):
  for path in files(step)[::2]:
    path.unlink()


def without_state(step):
  shutil.rmtree(step / 'state')


def without_record(step):
  shutil.rmtree(step / 'meta')


def flipped_record(step):
  path = step / 'meta' / 'metadata'
  path.write_text(path.read_text().replace('"lr": 3', '"lr": 4'))


def truncated_record(step):
  path = step / 'meta' / 'metadata'
  path.write_bytes(path.read_bytes()[:-40])


def files_for_folders(step):
  shutil.rmtree(step / 'state')
  (step / 'state').write_text('')


def state_of_another_step(step):
  shutil.rmtree(step / 'state')
  shutil.copytree(step.parent / '1' / 'state', step / 'state')


def copy_of_another_step(step):
  shutil.rmtree(step)
  shutil.copytree(step.parent / '1', step)


def foreign(step):
  emptied(step)
  (step / 'notes.txt').write_text('mine')


DAMAGE = (flipped_byte, truncated_file, missing_file, emptied, half_copied,
          without_state, without_record, flipped_record, truncated_record,
          files_for_folders, state_of_another_step, copy_of_another_step,
          foreign)


@pytest.mark.parametrize('damage', DAMAGE)
def test_damage_falls_back_to_the_sound_step(folder, damage, caplog):
  damage(folder / '3')
  before = snapshot(folder)
  c = checkpoint.Checkpointer(folder)
  step, state, _ = c.restore(make_state(seed=9))
  assert step == 2 == c.latest()
  assert_equal(state, make_state(2))
  assert 'DAMAGED CHECKPOINT: step 3' in caplog.text
  assert 'AN OLDER CHECKPOINT IS USED: step 2' in caplog.text
  assert snapshot(folder) == before
  # Training goes on, and saves the same step again.
  assert c.save(3, make_state(3, seed=7)) and not c.save(3, make_state(3))
  c.close()
  assert c.steps() == [1, 2, 3]
  step, state, _ = checkpoint.Checkpointer(folder).restore(make_state())
  assert step == 3
  assert_equal(state, make_state(3, seed=7))
  moved = {p: b for p, b in before.items() if '3' in p.parts}
  for path, content in moved.items():      # aside, whole
    parts = ['3.damaged' if p == '3' else p for p in path.parts]
    assert pathlib.Path(*parts).read_bytes() == content


def test_what_is_no_step_is_not_looked_at(folder):
  """Left by a kill inside a save, by a lost disk, by other programs."""
  (folder / '4.orbax-checkpoint-tmp' / 'state').mkdir(parents=True)
  (folder / '5').symlink_to(folder / 'lost')
  (folder / '6').write_text('a file')
  for name in ('007', '-8', '9.damaged', 'latest', '1e1', '٣'):
    (folder / name).mkdir()
  c = checkpoint.Checkpointer(folder)
  assert c.steps() == [1, 2, 3] and c.restore(make_state())[0] == 3
  with c:
    assert c.save(4, make_state(4))
  assert c.steps() == [2, 3, 4]
  assert (folder / '6').read_text() == 'a file'
  assert (folder / '9.damaged').is_dir() and (folder / '5').is_symlink()


@pytest.fixture
def read_only():
  """A folder of checkpoints that this process may read, and not write."""
  with tempfile.TemporaryDirectory() as root:
    os.chmod(root, 0o755)
    folder = saved(pathlib.Path(root) / 'checkpoints')
    saved(pathlib.Path(root) / 'other')      # all is imported that will be
    os.chmod(folder, 0o555)
    if os.geteuid():
      yield folder
    else:
      os.seteuid(65534)     # who may write anywhere sees no difference
      try:
        yield folder
      finally:
        os.seteuid(0)
    os.chmod(folder, 0o755)


def test_a_read_only_folder_restores_and_says_that_it_cannot_save(read_only):
  before = snapshot(read_only)
  c = checkpoint.Checkpointer(read_only)
  step, state, _ = c.restore(make_state(seed=9))
  assert step == 3
  assert_equal(state, make_state(3))
  for _ in range(2):
    with pytest.raises(checkpoint.CheckpointError, match=(
        'saving step 4 in .*ermission.*last sound checkpoint is step 3')):
      c.save(4, make_state(4))
      c.wait()
  c.close()
  assert snapshot(read_only) == before


def test_writer_that_did_not_restore_finds_the_damage(folder):
  emptied(folder / '3')
  with checkpoint.Checkpointer(folder) as c:
    with pytest.raises(checkpoint.CheckpointError, match='holds step 2'):
      c.save(2, make_state(2))
    assert c.save(3, make_state(3, seed=7))
  assert (folder / '3.damaged').is_dir()
  emptied(folder / '3')
  saved(folder, steps=[3])
  assert (folder / '3.damaged-2').is_dir()


@pytest.mark.parametrize('damage', [flipped_byte, emptied])
def test_none_sound_changes_nothing(folder, damage):
  for step in '123':
    damage(folder / step)
  before = snapshot(folder)
  c = checkpoint.Checkpointer(folder)
  with pytest.raises(checkpoint.CheckpointError, match=(
      'no sound check.*step 3: .*step 2: .*step 1: .*Nothing was changed')):
    c.restore(make_state())
  with pytest.raises(checkpoint.CheckpointError, match='no sound'):
    checkpoint.load_nets(folder)
  with pytest.raises(checkpoint.CheckpointError, match='step 2'):
    c.restore(make_state(), step=2)
  c.close()
  assert snapshot(folder) == before


def test_no_flipped_byte_gives_wrong_values(tmp_path):
  """Wherever it is: exact values, of this step or of the one before."""
  folder = saved(tmp_path, steps=(1, 2))
  like, fell_back = make_state(seed=9), 0
  for path in files(folder / '2'):
    sound = path.read_bytes()
    for where in (0.1, 0.5, 0.9) if sound else ():
      flip(path, where)
      step, state, _ = checkpoint.Checkpointer(folder).restore(like)
      assert_equal(state, make_state(step))
      fell_back += step == 1
      path.write_bytes(sound)
  assert fell_back > 8


# --- failures while saving ---------------------------------------------------

PRELUDE = """
import sys, resource
sys.path.insert(0, 'tests')
import test_checkpoint as t
from gans_jax import checkpoint
folder = sys.argv[1]
"""


def python(code, *args, **options):
  return subprocess.Popen(
      [sys.executable, '-c', PRELUDE + textwrap.dedent(code), *map(str, args)],
      cwd=ROOT, env={**os.environ, 'PYTHONPATH': str(ROOT)}, text=True,
      stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_full_disk(tmp_path):
  """No file may grow: the errors surface, and the process ends at once."""
  for name in ('True', 'False'):
    saved(tmp_path / name)
  process = python("""
      import pathlib, time
      folder = pathlib.Path(folder)
      resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
      for asynchronous in (True, False):
        c = checkpoint.Checkpointer(folder / str(asynchronous),
                                    asynchronous=asynchronous)
        c.restore(t.make_state())
        for step in (4, 5):
          try:
            c.save(step, t.make_state(step))
            c.wait()
          except checkpoint.CheckpointError as e:
            print(e)
        print('restored', c.restore(t.make_state())[0])
      # A directory that can't be made: Orbax by default waits 300 s for it.
      try:
        in_file = folder / 'True' / '1' / 'meta' / 'metadata' / 'x'
        checkpoint.Checkpointer(in_file).save(1, t.make_state())
      except checkpoint.CheckpointError as e:
        print(e)
      c.save(6, t.make_state(6))
      c.close()
      """, tmp_path)
  out, err = process.communicate(timeout=60)
  assert process.returncode == 1, err
  assert out.count('The last sound checkpoint is step 3') == 4, err
  for step in (4, 5):
    assert out.count(f'saving step {step}') == 2
  assert out.count('restored 3') == 2
  assert out.count('There is no earlier checkpoint') == 1
  assert '\ngans_jax.checkpoint.CheckpointError: saving step 6' in err
  assert 'ERROR:absl' not in err           # Orbax's own, a page each
  for name in ('True', 'False'):
    c = checkpoint.Checkpointer(tmp_path / name)
    assert c.steps() == [1, 2, 3]
    assert_equal(c.restore(make_state())[1], make_state(3))
    assert not list(c.directory.glob('*tmp*'))


def test_killed_while_saving(tmp_path):
  """kill -9 in the middle of saves: the newest step is always sound."""
  code = """
      c = checkpoint.Checkpointer(folder)
      found = c.restore(t.make_state())
      step = found[0] if found else 0
      while True:
        step += 1
        c.save(step, t.make_state(step))
        print(step, flush=True)
      """
  newest = 0
  for i in range(2):
    process = python(code, tmp_path)
    for _ in range(3):
      begun = process.stdout.readline()
      assert begun, process.stderr.read()
    time.sleep(0.013 * i)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    step, state, _ = checkpoint.Checkpointer(tmp_path).restore(make_state())
    assert step >= int(begun) - 1 and step > newest
    assert_equal(state, make_state(step))
    newest = step
  saved(tmp_path, steps=[newest + 1])
  assert not list(tmp_path.glob('*tmp*'))      # what was cut off is gone
