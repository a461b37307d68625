"""AC-GAN (Odena et al. 2017) on the 8x8 digits of scikit-learn, by label.

A one-hot label joins z of G, 32 - 128 - 128 - 64; D 64 - 128 - 128 - 11 gives
class logits and one of "real". Adam(5e-4, 0.5), batch 128. Judged by the share
of samples that a classifier of real digits labels as asked for, and by the
spread of pixels within a class against that of real digits, which a G that
gives one good example a class would lack.

  python launch/train.py --config configs/acgan_digits.py --workdir runs/acgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  c = config.base(
      'acgan', dict(name='digits'), steps=6000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), class_weight=1.,
                 g_class_weight=1., z=32, prior='normal', g_optim=adam,
                 d_optim=adam),
      evals=dict(classifier=dict(every=2000, n=2000),
                 class_spread=dict(every=2000, n=2000)),
      accept=dict(
          agree=dict(metric='classifier/cls_agree', min=0.95),
          spread=dict(metric='class_spread/ratio', min=0.5)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2000, 2000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16, 16)
  return c
