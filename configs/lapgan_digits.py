"""LAPGAN (Denton et al. 2015), 4 to 8 pixels, on the digits of scikit-learn.

The details of a digit given its 4x4 blur: convolutions of 32 channels, 5x5
pixels in G and 3x3 in D, no dropout, Adam(5e-4, 0.5), batch 128. Judged on real
blurs: generated details have the energy of real ones, and a classifier sees the
digit that was blurred.

D sees the blur beside the sum. From the sum alone, as in the authors' code, any
digit will do: with 3x3 kernels and dropout 0.317 agreed after 4000 steps. What
can be reached: the classifier sees the source's digit in 0.998 of the real
pictures, in 0.59 of the blurs alone (their details are 1.06 times as strong as
the digits themselves), in 0.13 with the details of any other digit, in 0.91
with those of the digit whose blur is nearest, in 0.95 with the details' best
linear prediction.

  python launch/train.py --config configs/lapgan_digits.py --workdir runs/lapgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, begin='data')
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  c = config.base(
      'lapgan', dict(name='digits'), steps=2000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), levels=1, width=32,
                 kernel=5, dropout=0., d_sees='both', z=32, begin=a.begin,
                 conditional=False, g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=1000, n=1297)),
      accept=dict(
          agree=dict(metric='classifier/cls_agree', min=0.85),
          energy=dict(metric='g0/energy:late', min=0.7, max=1.4)))
  c.rounds, c.log.every = 50, 100
  c.checkpoint.every, c.samples.every, c.samples.n = 500, 500, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden, c.model.width = (16,), 4
  return c
