"""BigGAN (Brock et al. 2019), small, on 64x64 emoji of 10 classes.

Nets as wide as those of sngan_emoji, z in chunks of 16, a shared embedding of
32, attention at 32 pixels, one step of D a round, Adam(0, 0.999) of 2e-4 for G
and 4e-4 for D, batch 32. Samples are of G's averaged params (from round 100
on), with standing statistics. Compared with dcgan_emoji at equal images seen.

  python launch/prepare.py emoji
  python launch/train.py --config configs/biggan_emoji.py --workdir runs/emoji
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999)
  c = config.base(
      'biggan', dict(name='emoji', skins=False), steps=500, batch=32,
      model=dict(nets=dict(name='biggan', width=(128, 128, 64, 32, 16),
                           d_width=(16, 32, 64, 128, 128), shared=32,
                           attention=32),
                 z=80, n_critic=1, ortho=1e-4, ema=0.99, ema_start=100,
                 g_optim=adam(2e-4), d_optim=adam(4e-4)),
      evals=dict(kid=dict(every=0, n=1500, extractor='efficientnet_lite0',
                          mode=dict(statistics='standing'))),
      accept=dict(kid=dict(metric='kid/kid_efficientnet_lite0', max=0.45)))
  c.rounds, c.log.every = 10, 50
  c.checkpoint.every, c.samples.every = 250, 250
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=64, channels=3)
    c.model.nets.width, c.model.nets.d_width = (2,) * 5, (2,) * 5
    c.model.nets.shared, c.model.z = 4, 10
  return c
