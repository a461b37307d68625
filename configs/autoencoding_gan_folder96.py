"""Autoencoding GAN (Lazarou 2020) on a folder of pictures at 96 pixels.

As the author's code for pictures of Pokemon: z N(0, I)^16, batch 32, weights of
1 and 0.5 of the errors of pictures and of codes, of 0.005 and 0.1 of what D and
D_z say, Adam(2e-4, 0.5) for G and E, 1e-4 for D and D_z. Nets are DCGAN's, a
choice of ours. The paper shows pictures and paths between them, and no number.
(Not the AEGAN of Luo et al. 2017.)

  python launch/train.py --config configs/autoencoding_gan_folder96.py \
      --workdir runs/cycles --config.data.path=photos
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  c = config.base(
      'autoencoding_gan',
      dict(name='folder', path='photos', size=96, flip=True),
      steps=100_000, batch=32,
      model=dict(nets=dict(name='dcgan', width=64), z_hidden=(64, 64),
                 x_weight=1., z_weight=0.5, x_cost=0.005, z_cost=0.1, z=16,
                 prior='normal', g_optim=adam(2e-4), d_optim=adam(1e-4)))
  c.checkpoint.every = c.samples.every = 1000
  c.reference = 'pictures'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets.width, c.model.z_hidden, c.model.z = 4, (8,), 4
  return c
