"""SN-GAN with projection (Miyato & Koyama 2018) on 64x64 emoji of 10 classes.

Residual nets (G 128, 128, 64, 32, 16 channels, D its mirror), two rates,
Adam(0, 0.9) of 2e-4 for G and 4e-4 for D, one step of D a round, batch 32:
compared with dcgan_emoji at equal images seen.

  python launch/prepare.py emoji
  python launch/train.py --config configs/sngan_emoji.py --workdir runs/emoji
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.9)
  c = config.base(
      'sngan', dict(name='emoji', skins=False), steps=500, batch=32,
      model=dict(nets=dict(name='resnet', width=(128, 128, 64, 32, 16),
                           d_width=(16, 32, 64, 128, 128), d_downs=4,
                           spectral=True),
                 conditional=True, n_critic=1, z=64, prior='normal',
                 g_optim=adam(2e-4), d_optim=adam(4e-4)),
      evals=dict(kid=dict(every=0, n=1500, extractor='efficientnet_lite0')),
      accept=dict(kid=dict(metric='kid/kid_efficientnet_lite0', max=0.45)))
  c.rounds, c.log.every = 10, 50
  c.checkpoint.every, c.samples.every = 250, 250
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=64, channels=3)
    c.model.nets.width, c.model.nets.d_width = (2,) * 5, (2,) * 5
  return c
