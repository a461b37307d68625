"""State spread over devices: the same numbers, a part of the memory."""

import jax
import numpy as np
import pytest

from gans_jax import checkpoint, errors, experiment, sharding, train
from gans_jax.benchmark import devices
from tests.test_train import bit_equal, leaves, tiny

BIG = {'model.nets.hidden': (64, 64)}


def sgd(**changes):
  c = tiny('gan_ring', **BIG, **changes)
  c.model.g_optim = c.model.d_optim = dict(name='sgd', lr=1e-2, momentum=.5)
  return c


def test_fsdp_trains_as_replicated_and_goes_on_as_either(tmp_path):
  whole = train.train(sgd(steps=20), tmp_path / 'whole', progress=False)
  spread = train.train(sgd(steps=10, **{'mesh.fsdp': True}), tmp_path / 'a',
                       progress=False)
  kernel = spread.params['g']['Dense_1']['kernel']       # [64, 64]
  assert kernel.addressable_shards[0].data.size == kernel.size // 8
  assert spread.params['g']['Dense_1']['bias'].sharding.is_fully_replicated
  # Restored onto one device, and onto eight that hold all of it: exactly.
  exp = experiment.build(sgd(**{'mesh.fsdp': False}))
  with checkpoint.Checkpointer(tmp_path / 'a' / 'checkpoints') as saved:
    for mesh in (sharding.make_mesh(data=1), sharding.make_mesh()):
      bit_equal(experiment.restore(exp, saved, mesh)[1], spread)
  state = train.train(sgd(steps=20), tmp_path / 'a', progress=False)
  jax.tree.map(lambda a, b: np.testing.assert_allclose(
      a, b, rtol=2e-5, atol=2e-6), leaves(whole), leaves(state))


@pytest.mark.slow
def test_convolutions_and_batchnorm_train_as_replicated(tmp_path):
  make = lambda fsdp: tiny('dcgan_mnist', **{
      'steps': 6, 'mesh.fsdp': fsdp, 'model.nets.width': 16,
      'model.g_optim': dict(name='sgd', lr=1e-2),
      'model.d_optim': dict(name='sgd', lr=1e-2)})
  whole, spread = (train.train(make(fsdp), tmp_path / str(fsdp), progress=False)
                   for fsdp in (False, True))
  assert any(not x.sharding.is_fully_replicated
             for x in jax.tree.leaves(spread.params))
  jax.tree.map(lambda a, b: np.testing.assert_allclose(
      a, b, rtol=1e-4, atol=1e-5), leaves(whole), leaves(spread))


@pytest.fixture(scope='module')
def found():
  c = tiny('gan_ring', **{'model.nets.hidden': (128, 128)})
  return {(s.devices, s.fsdp): s for s in devices.measure(c, (1, 8))}


def test_a_round_moves_its_gradients_once(found):
  alone, eight = found[1, False], found[8, False]
  assert alone.collectives == {} and alone.reached
  # D's and G's params, in float32.
  c = tiny('gan_ring', **{'model.nets.hidden': (128, 128)})
  counts = experiment.parameter_counts(jax.eval_shape(
      experiment.build(c).init))
  assert eight.gradients == 4 * (counts['g'] + counts['d'])
  # One operation a move. Here it has D's gradient on real and on fake apart.
  apart = eight.gradients + 4 * counts['d']
  assert set(eight.collectives) == {'all-reduce'}
  assert eight.collectives['all-reduce'][0] == 2
  assert eight.gradients <= eight.moved <= 1.01 * apart
  assert eight.reached == (eight.moved <= 1.05 * eight.gradients)


def test_g_works_on_its_part_of_the_noise(found):
  """Else each device would run all of G; then nothing is to be reduced."""
  c = tiny('gan_ring', **{'model.nets.hidden': (128, 128)})
  counts = experiment.parameter_counts(jax.eval_shape(
      experiment.build(c).init))
  assert found[8, False].moved >= 4 * (counts['g'] + 2 * counts['d'])


def test_sharded_state_falls_as_one_over_devices(found):
  whole, part = found[8, False], found[8, True]
  assert whole.state == found[1, False].state
  small = part.state - whole.state / 8        # biases stay whole
  assert 0 < small < .1 * whole.state
  # All of a round: its own share of the state, and every param for a while.
  gone = whole.state - part.state
  assert whole.memory - part.memory > .4 * gone
  assert 'all-gather' in part.collectives and part.reached


def test_more_than_the_gradients_is_no_success(found):
  import dataclasses
  eight = found[8, False]
  double = dataclasses.replace(eight, collectives={
      'all-reduce': (2, 2 * eight.gradients)})
  gathers = dataclasses.replace(eight, collectives={'all-gather': (1, 4)})
  assert not double.reached and not gathers.reached
  assert 'MORE THAN' in str(double)


def test_more_devices_than_there_are_is_told():
  with pytest.raises(errors.ConfigError, match='64 devices: here has 1 to 8'):
    next(devices.measure(tiny('gan_ring'), (1, 64)))
