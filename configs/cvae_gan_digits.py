"""CVAE-GAN (Bao et al. 2017) on the 8x8 digits of scikit-learn, by label.

MLPs of 2 x 128, z of 16 dimensions, batch 128, Adam(1e-3, 0.5).

  python launch/train.py --config configs/cvae_gan_digits.py --workdir runs/cv
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'cvae_gan', dict(name='digits'), steps=4000, batch=128,
      model=dict(nets=dict(name='dense', hidden=(128, 128)), z=16,
                 weights=(0.3, 1., 1e-3, 1e-3), decay=0.9, e_optim=adam,
                 g_optim=adam, d_optim=adam, c_optim=adam),
      evals=dict(classifier=dict(every=1000, n=2000),
                 reconstruction=dict(every=1000),
                 class_spread=dict(every=1000, n=2000)),
      accept=dict(
          agree=dict(metric='classifier/cls_agree', min=0.95),
          error=dict(metric='reconstruction/mse_relative', max=0.3),
          spread=dict(metric='class_spread/ratio', min=0.6)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16, 16)
  return c
