"""BigBiGAN (Donahue & Simonyan 2019) on the 8x8 digits of scikit-learn.

D's three towers as dense nets with spectral normalisation, E a Gaussian, codes
of 16 dimensions, BatchNorm in G and E; the rate falls to 0 over the second
half. Judged on held-out digits by the share of reconstructions to which a
classifier gives the label of x.

`:joint` leaves out the scores of x and of z alone. It was expected not to be
better, and is: configs/bigbigan_digits_joint.py has 0.77 +- 0.03 of the labels,
0.66 +- 0.03 are those with these scores, both in three seeds. 1-NN on E's codes
has 0.93 either way, no more than at the start. (The paper's ablation is of
Inception Score, FID and linear accuracy on ImageNet.)

  python launch/train.py --config configs/bigbigan_digits.py --workdir runs/bbg
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, joint=False)
  adam = dict(name='adam', lr=5e-4, b1=0.,
              decay=dict(name='linear', start=1500, steps=3000))
  c = config.base(
      'bigbigan', dict(name='digits'), steps=3000, batch=128,
      model=dict(nets=dict(name='towers', hidden=(128, 128), norm='batch',
                           e_norm='batch', width=128, blocks=1,
                           unary=not a.joint),
                 encoder=dict(name='gaussian', scale='softplus'), z=16,
                 prior='normal', n_critic=1, ema=0., g_optim=adam,
                 d_optim=adam),
      evals=dict(reconstruction=dict(every=1500), knn=dict(every=0)),
      accept=dict(agree=dict(metric='reconstruction/agreement', min=0.55)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1500, 1500, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.update(hidden=(8,), width=8)
  return c
