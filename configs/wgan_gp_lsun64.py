"""WGAN-GP (Gulrajani et al. 2017) at 64 pixels, on LSUN bedrooms.

ResNets of 64 to 512 channels with layer norm in the critic, z N(0, 1)^128,
penalty 10, 5 critic steps a round, Adam(1e-4, 0, 0.9), batch 64, 200,000
rounds: the published code for 64 pixels. The paper shows samples and gives no
number; mimicry reports an FID of 25.87 on LSUN bedrooms at 128 pixels by nets
of its own. Needs launch/prepare.py lsun/bedroom.

  python launch/train.py --config configs/wgan_gp_lsun64.py --workdir runs/w
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0., b2=0.9)
  c = config.base(
      'wgan_gp', dict(name='tfds', tfds_name='lsun/bedroom', size=64),
      steps=200_000, batch=64,
      model=dict(nets=dict(name='gulrajani', width=64), weight=10.,
                 points='interpolates', power=2, n_critic=5, z=128,
                 prior='normal', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=64)
    c.model.nets.width = 1
  return c
