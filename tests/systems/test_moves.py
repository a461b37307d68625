"""What one step does, in every game of a generator and a judge, under SGD."""

import importlib

import jax
import numpy as np
import pytest

from gans_jax import experiment
from gans_jax import game as G
from tests.systems.test_exact import batches

# By system, the data of its config.
SYSTEMS = dict(
    acgan='digits', amgan='digits', artgan='digits', b_gan='ring',
    badgan='digits', began='digits', bs_gan='ring', bs_gan_discrete='bits',
    catgan='digits', ccgan='digits', cgan='ring', dcgan='64', dragan='ring',
    ebgan='digits', f_gan='ring', gan='ring', geometric_gan='ring',
    improved_gan='digits', infogan='digits', lapgan='cifar10', lsgan='ring',
    pacgan='ring', r1_gan='ring', sagan='digits', sgan='digits',
    sngan='digits', triple_gan='digits', veegan='ring', vib_gan='ring',
    wgan='ring', wgan_gp='ring')
# Where D says more of a fake than of a real sample, it learns to say so more:
# its output is an energy, or a logit of "fake".
FAKES_ABOVE = ('began', 'ebgan', 'veegan')
# D's moves that are about more than real and fake.
ELSE = ('acgan', 'amgan', 'artgan', 'badgan', 'catgan', 'ccgan', 'improved_gan',
        'infogan', 'sgan', 'triple_gan', 'vib_gan')
# A bound that no param is beyond at first, so that a step is one of SGD.
OPTIONS = dict(wgan=dict(clip=10.))


def made(system):
  c = importlib.import_module(
      f'configs.{system}_{SYSTEMS[system]}').get_config('tiny')
  c.evals = {}
  for key, value in OPTIONS.get(system, {}).items():
    c.model[key] = value
  for key in c.model:
    if key.endswith('_optim'):
      c.model[key] = dict(name='sgd', lr=1e-3)
  return experiment.build(c)


@pytest.mark.parametrize('system', SYSTEMS)
def test_a_step_lowers_its_own_loss_and_is_the_same_again(system):
  """On the batch and the noise that it was taken on.

  D's step also widens the gap between what it says of real samples and of
  fakes, where that is all that it learns.
  """
  exp = made(system)
  init = jax.jit(exp.init)
  state, again = init(), init()
  jax.tree.map(np.testing.assert_array_equal, *(
      s.replace(key=0) for s in (state, again)))
  batch = {k: v[-1] for k, v in batches(exp.source, exp.game, 16).items()}
  for item in exp.game.round:
    for move in item.moves:
      @jax.jit
      def step(state, batch, move=move):
        return G.simultaneous(
            exp.game, [move], state, batch, jax.random.key(1))
      after, before_log = step(state, batch)
      same, same_log = step(again, batch)
      jax.tree.map(np.testing.assert_array_equal, after.params, same.params)
      # What was not measured in a round is nan in both.
      jax.tree.map(np.testing.assert_array_equal, before_log, same_log)
      # Only the params have moved: not k, beta or the spectral vectors.
      _, after_log = step(state.replace(params=after.params), batch)
      loss = f'{move.player}/{move.loss.__name__}'
      assert after_log[loss] < before_log[loss], loss
      gap = lambda log, p: log[f'{p}/real'] - log[f'{p}/fake']
      if f'{move.player}/fake' in after_log and system not in ELSE:
        more = gap(after_log, move.player) - gap(before_log, move.player)
        assert more < 0 if system in FAKES_ABOVE else more > 0
