"""Conformance: what holds for every system, found by the folder.

A new file in gans_jax/systems is tested here as soon as one of the configs
names it.
"""

import functools
import importlib
import pkgutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import configs
from gans_jax import checkpoint, data, dispatch, experiment, sharding, systems
from gans_jax import game as G

SYSTEMS = sorted(m.name for m in pkgutil.iter_modules(systems.__path__))
N, ROUNDS = 16, 3
# Configs of systems whose smallest leaves out a part of them: generators, D's
# scores of x and z alone, labels.
WHOLE = dict(bayesian_gan='bayesian_gan_ring', bigbigan='bigbigan_digits',
             catgan='catgan_digits')


def tiny_configs(system):
  names = [WHOLE[system]] if system in WHOLE else [
      m.name for m in pkgutil.iter_modules(configs.__path__)]
  for name in names:
    c = importlib.import_module(f'configs.{name}').get_config('tiny')
    if c.system == system:
      yield c


def size(config):
  state = jax.eval_shape(experiment.build(config).init)
  return sum(experiment.parameter_counts(state).values())


@functools.cache
def built(system, optimizer='sgd'):
  """The smallest tiny config that names the system, or WHOLE's; plain SGD."""
  mine = list(tiny_configs(system))
  assert mine, f'no file of configs/ uses system {system!r}'
  c = min(mine, key=size)
  c.batch, c.evals = N, {}
  if optimizer == 'sgd':
    for key in c.model:
      if key.endswith('_optim'):
        c.model[key] = dict(name='sgd', lr=1e-2)
  return experiment.build(c)


def batches(exp, seeds=1, seed=0):
  loader = data.Loader(exp.source, N, seed, batches=exp.game.batches,
                       rounds=ROUNDS, seeds=seeds)
  return loader.batch(0)


def run(exp, mesh, seeds=1, seed=0):
  """(donated state, state after, metrics, program) of ROUNDS rounds."""
  exp = experiment.Experiment(
      {**exp.config, 'seeds': seeds, 'seed': seed}, exp.source, exp.game)
  state = jax.device_put(
      jax.jit(exp.init)(), sharding.state_sharding(
          mesh, jax.eval_shape(exp.init), seeds))
  play = dispatch.compiled(exp.game, state, mesh, seeds)
  batch = sharding.put_batch(batches(exp, seeds, seed), mesh, seeds)
  after, metrics = play(state, batch)
  return state, after, metrics, play


@functools.cache
def single(system):
  return run(built(system), sharding.make_mesh(devices=jax.devices()[:1]))


def close(a, b, tolerance=2e-6):
  a, b = a.replace(key=0), b.replace(key=0)
  def check(path, x, y):
    np.testing.assert_allclose(
        x, y, rtol=tolerance, atol=tolerance,
        err_msg=jax.tree_util.keystr(path))
  jax.tree_util.tree_map_with_path(check, a, b)


@pytest.mark.parametrize('system', SYSTEMS)
def test_state_has_fixed_types_over_a_round(system):
  exp = built(system, optimizer='its own')
  state = jax.eval_shape(exp.init)
  batch = {k: v[0] for k, v in batches(exp).items()}
  after, _ = jax.eval_shape(functools.partial(G.play, exp.game), state, batch)
  kind = lambda x: (x.shape, str(x.dtype), x.weak_type)
  assert jax.tree.map(kind, after) == jax.tree.map(kind, state)
  assert not any(x.weak_type for x in jax.tree.leaves(state))


@pytest.mark.parametrize('system', SYSTEMS)
def test_rounds_are_finite_counted_and_donated(system):
  old, after, metrics, play = single(system)
  assert int(after.step) == ROUNDS
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(after.params))
  assert metrics, 'a game logs its losses'
  for name, value in metrics.items():
    assert value.shape == (ROUNDS,), name
    assert not np.isinf(value).any(), name
  assert any(not np.isnan(value).all() for value in metrics.values())
  assert all(x.is_deleted() for x in jax.tree.leaves(old.params))
  assert play._cache_size() == 1
  again = jax.tree.map(lambda x: x, after)
  exp = built(system)
  mesh = sharding.make_mesh(devices=jax.devices()[:1])
  play(again, sharding.put_batch(batches(exp), mesh))
  assert play._cache_size() == 1, 'the second dispatch was traced again'
  # `after` was donated just now: later users of the cache start anew.
  single.cache_clear()


@pytest.mark.parametrize('system', SYSTEMS)
def test_a_move_changes_only_its_players_nets(system):
  exp = built(system)
  state = jax.jit(exp.init)()
  batch = {k: v[0, 0] for k, v in batches(exp).items()}
  for item in exp.game.round:
    for move in item.moves:
      after, _ = jax.jit(lambda s, b, m=move: G.simultaneous(
          exp.game, [m], s, b, jax.random.key(1)))(state, batch)
      own = exp.game.players[move.player].nets
      for field in ('params', 'stats'):
        for net, tree in getattr(state, field).items():
          same = jax.tree.all(jax.tree.map(
              lambda a, b: bool((np.asarray(a) == np.asarray(b)).all()),
              tree, getattr(after, field)[net]))
          if net not in own:
            assert same, f'{move.loss.__name__} changed {field} of {net}'
          elif field == 'params':
            assert not same, f'{move.loss.__name__} left {net} as it was'


@pytest.mark.parametrize('system', SYSTEMS)
def test_eight_devices_equal_one(system):
  exp = built(system)
  one = run(exp, sharding.make_mesh(devices=jax.devices()[:1]))
  eight = run(exp, sharding.make_mesh())
  close(one[1], eight[1])
  for name, value in one[2].items():
    np.testing.assert_allclose(
        value, eight[2][name], rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize('system', SYSTEMS)
def test_seeds_in_one_program_equal_single_runs(system):
  """On one device, and spread over two of the places of eight."""
  exp = built(system)
  mesh = sharding.make_mesh(devices=jax.devices()[:1])
  single_run = run(exp, mesh, seed=3)[1]
  for devices in (jax.devices()[:1], jax.devices()):
    _, many, _, play = run(exp, sharding.make_mesh(4, devices), seeds=4)
    close(G.take_seed(many, 3), single_run)


@pytest.mark.parametrize('system', SYSTEMS)
def test_save_and_restore_are_exact(system, tmp_path):
  exp = built(system, optimizer='its own')
  state = jax.jit(exp.init)()
  with checkpoint.Checkpointer(tmp_path / 'a', frozen=exp.game.frozen) as saved:
    saved.save(0, state, {})
    step, back, _ = saved.restore(state)
  assert step == 0
  same = lambda a, b: np.testing.assert_array_equal(
      *(jax.random.key_data(x) if jnp.issubdtype(x.dtype, jax.dtypes.prng_key)
        else x for x in (a, b)))
  jax.tree.map(same, state, back)


@pytest.mark.parametrize('system', SYSTEMS)
def test_samples_look_like_the_data(system):
  exp = built(system)
  state = jax.jit(exp.init)()
  batch = {k: v[0, 0] for k, v in batches(exp).items()}
  out = G.sample(exp.game, state, batch, jax.random.key(0))
  for key, value in out.items():
    assert value.shape == (N, *exp.source.spec.shapes[key]), key
    assert np.isfinite(value).all(), key
  other = G.sample(exp.game, state, batch, jax.random.key(1))
  assert any(np.abs(out[k] - other[k]).max() > 0 for k in out)
