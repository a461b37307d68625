"""Boundary-seeking GAN (Hjelm et al. 2018) on CelebA, 64 pixels.

The continuous form with DCGAN nets, Adam(1e-4, 0.5), z N(0, 1)^64, batch 64.
The paper shows samples and gives no number for pictures. Needs
launch/prepare.py celeb_a.

  python launch/train.py --config configs/bs_gan_celeba64.py --workdir runs/bs
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.5)
  c = config.base(
      'bs_gan', dict(name='tfds', tfds_name='celeb_a', window=160, size=64,
                     flip=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='dcgan', width=128, d_width=64),
                 seek='squared', z=64, prior='normal', g_optim=adam,
                 d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
