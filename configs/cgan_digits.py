"""Conditional GAN (Mirza & Osindero 2014) on the 8x8 digits of scikit-learn.

A one-hot label joins z and x of two MLPs (32 - 128 - 128 - 64 and
64 - 128 - 128 - 1), Adam(5e-4, 0.5), batch 128. Judged by the share of samples
that a classifier trained on real digits labels as they were asked for.

  python launch/train.py --config configs/cgan_digits.py --workdir runs/cgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  c = config.base(
      'cgan', dict(name='digits'), steps=6000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=32, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=2000, n=2000)),
      accept=dict(agree=dict(metric='classifier/cls_agree', min=0.90)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2000, 2000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16, 16)
  return c
