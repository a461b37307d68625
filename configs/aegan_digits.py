"""AEGAN (Luo et al. 2017) on the 8x8 digits of scikit-learn.

A GAN of dense nets, G of 2 x 128 and D of 2 x 128, z of 32 dimensions from
U(-1, 1); after 5000 rounds E, built as D is with a tanh, on what G makes, for
5000 rounds; beside it the `direct` encoder, which regresses z. Judged by the
error of G(E(x)), x of G with fresh z, over the variance of x; by that over the
one of the direct encoder; and by the share of held-out digits that a classifier
takes for the same after G(E(x)).

  python launch/train.py --config configs/aegan_digits.py --workdir runs/aegan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  half = 5000
  c = config.base(
      'aegan', dict(name='digits'), steps=2 * half, batch=64,
      model=dict(start=half, nets=dict(name='mlp', hidden=(128, 128)),
                 loss='image', compare=True, z=32, prior='uniform',
                 e_nets=dict(hidden=(256, 256)), g_optim=adam, d_optim=adam,
                 e_optim=dict(name='adam', lr=1e-3, b1=0.5,
                              decay=dict(name='linear', steps=half))),
      evals=dict(reconstruction=dict(every=half),
                 classifier=dict(every=half, n=2000)),
      accept=dict(
          error=dict(metric='e/relative:late', max=0.15),
          against=dict(
              metric='e/relative:late over other/relative:late', max=1.),
          agree=dict(metric='reconstruction/agreement', min=0.55)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = half, half, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden, c.model.e_nets.hidden = (16,), (16,)
    c.model.start = 2
  return c
