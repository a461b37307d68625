"""A run that begins with the nets of another."""

import importlib

import jax
import numpy as np
import pytest

from gans_jax import checkpoint, errors, experiment, recovery, sharding


def built(name, seed=0, **changes):
  c = importlib.import_module(f'configs.{name}').get_config('tiny')
  c.evals, c.seed = {}, seed
  c.update_from_flattened_dict(changes)
  return experiment.build(c)


def saved(folder, exp):
  state = jax.jit(exp.init)()
  with checkpoint.Checkpointer(folder / experiment.CHECKPOINTS) as files:
    files.save(0, state, {})
  return state


def begin(exp, folder):
  with experiment.checkpoints(exp, folder) as files:
    return recovery.begin(exp, files, sharding.make_mesh(
        exp.config['seeds'], jax.devices()[:1]))[1]


def equal(a, b):
  jax.tree.map(np.testing.assert_array_equal, a, b)


def test_nets_of_another_run_are_taken_and_the_rest_is_new(tmp_path):
  first = saved(tmp_path / 'a', built('anogan_digits'))
  run = str(tmp_path / 'a')
  own = jax.jit(built('anogan_digits', 1).init)()
  both = begin(built('anogan_digits', 1, **{
      'init.run': run, 'init.nets': ('g', 'd')}), tmp_path / 'b')
  for net in 'gd':
    equal(both.params[net], first.params[net])
    equal(both.stats[net], first.stats[net])
  equal(both.params['e'], own.params['e'])
  equal(both.opt, own.opt)
  kernel = lambda state: state.params['g']['Dense_0']['kernel']
  assert np.abs(kernel(first) - kernel(own)).max() > .01
  # Of several seeds all begin as the one.
  four = begin(built('anogan_digits', 1, **{
      'init.run': run, 'seeds': 4}), tmp_path / 'c')
  for i in range(4):
    equal(kernel(four)[i], kernel(first))


@pytest.mark.parametrize('changes, message', [
    ({'init.nets': ('g',)}, 'give its folder as init.run'),
    ({'init.run': 'nowhere'}, 'there is no checkpoint in'),
    ({'init.run': 'a', 'init.nets': ('f',)}, "unknown net in the checkpoint"),
    ({'init.run': 'a', 'model.z': 9}, 'of the other run is another one')])
def test_runs_that_cannot_be_begun_with(tmp_path, monkeypatch, changes,
                                        message):
  monkeypatch.chdir(tmp_path)
  if changes.get('init.run') == 'a':
    saved(tmp_path / 'a', built('anogan_digits'))
  with pytest.raises(errors.ConfigError, match=message):
    begin(built('anogan_digits', **changes), tmp_path / 'b')
