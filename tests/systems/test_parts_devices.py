"""Parts on several devices, and what they keep: nothing beside the state."""

import importlib

import jax

from gans_jax import experiment, sharding
from tests.test_systems import close, run


def config(parts):
  c = importlib.import_module('configs.gan_ring').get_config('tiny')
  c.data, c.batch, c.evals = dict(name='digits'), 16, {}
  with c.unlocked():
    for player in 'gd':
      c.model[f'{player}_optim'] = dict(name='sgd', lr=1e-2)
    c.model.nets, c.model.parts = dict(name='mlp', hidden=(8,)), parts
  return c


def test_eight_devices_equal_one_and_nothing_else_is_kept():
  """Ranks are those of the whole batch, shifts and steps those of a sample."""
  parts = dict(consistency=dict(augment='flip,shift', fake=1.),
               latent_consistency={}, latent=dict(clip=0., share=.5),
               top_k=dict(gamma=.7, every=1, floor=.3))
  exp = experiment.build(config(parts))
  plain = jax.eval_shape(experiment.build(config({})).init)
  state = jax.eval_shape(exp.init)
  assert jax.tree.structure(state) == jax.tree.structure(plain)
  one = run(exp, sharding.make_mesh(devices=jax.devices()[:1]))
  eight = run(exp, sharding.make_mesh())
  close(one[1], eight[1], 5e-6)
  assert list(one[2]['g/k']) == [16, 11, 7]    # floor(16 .7^e)
