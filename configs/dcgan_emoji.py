"""DCGAN (Radford et al. 2016) on 64x64 emoji, the baseline of a contest.

Narrow nets (G 4x4x192 - 96 - 48 - 24 - 3, D from 24 channels), without labels,
Adam(2e-4, 0.5), batch 32. Judged by the kernel distance in EfficientNet-Lite0's
features, at as many images seen as sngan_emoji, sagan_emoji and biggan_emoji.
The bound only tells a G that learns from one that does not.

  python launch/prepare.py emoji
  python launch/train.py --config configs/dcgan_emoji.py --workdir runs/emoji
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'dcgan', dict(name='emoji', skins=False), steps=500, batch=32,
      model=dict(nets=dict(name='dcgan', width=24, d_width=24), z=64,
                 prior='normal', g_optim=adam, d_optim=adam),
      evals=dict(kid=dict(every=0, n=1500, extractor='efficientnet_lite0')),
      accept=dict(kid=dict(metric='kid/kid_efficientnet_lite0', max=0.7)))
  c.rounds, c.log.every = 10, 50
  c.checkpoint.every, c.samples.every = 250, 250
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=64, channels=3)
    c.model.nets = dict(name='dcgan', width=2, d_width=2)
  return c
