"""f-GAN (Nowozin et al. 2016) on LSUN classrooms, 96 pixels: as published.

DCGAN nets, 6x6 to 96x96, Adam(2e-4, 0.5) and gradients of norm 1 at most,
batch 64, z U(0, 1)^100. `:divergence=...`: the paper shows samples for gan, kl
and squared_hellinger and sees little difference among them. It gives no number,
and no widths: those here are DCGAN's. Needs launch/prepare.py lsun/classroom.

  python launch/train.py --config configs/f_gan_lsun96.py --workdir runs/f_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, divergence='gan')
  adam = dict(name='adam', lr=2e-4, b1=0.5, max_norm=1.)
  c = config.base(
      'f_gan', dict(name='tfds', tfds_name='lsun/classroom', size=96),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='dcgan', width=64, d_width=64),
                 divergence=dict(name=a.divergence), alternative=True,
                 together=True, z=100, prior='uniform01', g_optim=adam,
                 d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=24)
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
