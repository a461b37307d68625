"""SAGAN (Zhang et al. 2019) on the 8x8 digits of scikit-learn, by label.

Residual nets of 16 channels that attend at 8 pixels, Adam(0, 0.9) of 5e-4 for G
and 2e-3 for D, batch 64. Judged by the share of samples that a classifier
labels as asked for, and by the gains of attention, which begin at 0.

  python launch/train.py --config configs/sagan_digits.py --workdir runs/sagan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.9)
  c = config.base(
      'sagan', dict(name='digits'), steps=2000, batch=64,
      model=dict(nets=dict(name='resnet', width=16, d_width=16, d_downs=None,
                           spectral=True, g_spectral=True, attention=8),
                 conditional=True, z=32, prior='normal', g_optim=adam(5e-4),
                 d_optim=adam(2e-3), ema=0.99),
      evals=dict(classifier=dict(every=1000, n=2000)),
      accept=dict(
          agree=dict(metric='classifier/cls_agree', min=0.90),
          gain=dict(metric='g/gain:last', min=0.001)))
  c.rounds, c.log.every = 20, 100
  c.checkpoint.every, c.samples.every, c.samples.n = 500, 500, 100
  if a.tiny:
    config.shrink(c, steps=4, n=20)
    c.model.nets = dict(name='resnet', width=4, d_width=(4,), d_downs=0,
                        spectral=True, g_spectral=True, attention=8)
  return c
