"""CVAE-GAN (Bao et al. 2017) on the 8x8 digits of scikit-learn, by label.

MLPs of 2 x 128, z of 16 dimensions, batch 128, Adam(1e-3, 0.5). lambda are 1,
1, 0.1, 0.1: the published 3, 1, 1e-3, 1e-3 are for errors summed over 49,152
numbers, here there are 64. With 0.3, 1, 1e-3, 1e-3 codes tell the class too,
and 0.3 of the samples were of the class that was asked for (400 rounds).
Judged by the share of samples that a classifier labels as asked for, by the
error of reconstructions, and by the spread of pixels within a class against
that of real digits.

  python launch/train.py --config configs/cvae_gan_digits.py --workdir runs/cv
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'cvae_gan', dict(name='digits'), steps=2000, batch=128,
      model=dict(nets=dict(name='dense', hidden=(128, 128)), z=16,
                 weights=(1., 1., 0.1, 0.1), decay=0.9, e_optim=adam,
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
