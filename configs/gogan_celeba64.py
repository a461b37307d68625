"""GoGAN (Juefei-Xu et al. 2017) on faces of 64 pixels.

Two stages of 50,000 rounds, DCGAN's nets, margin 1, params of D clipped to 0.1,
RMSProp(1e-4), 5 critic steps a round, batch 128, z N(0, 1)^128: as a reference
implementation has it. The paper shows samples and completes faces. Needs
launch/prepare.py celeb_a.

  python launch/train.py --config configs/gogan_celeba64.py --workdir runs/g
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=1e-4)
  c = config.base(
      'gogan', dict(name='tfds', tfds_name='celeb_a', window=160, size=64),
      steps=100_000, batch=128, model=dict(
          nets=dict(name='dcgan', width=64, d_width=64), stages=2,
          rounds=50_000, margin=1., disc=1., rank=0.5, clip=0.1, n_critic=5,
          z=128, g_optim=rmsprop, d_optim=rmsprop))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
    c.model.rounds = 2
  return c
