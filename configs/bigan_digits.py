"""BiGAN (Donahue et al. 2017) on the 8x8 digits of scikit-learn.

Codes of 16 dimensions, dense nets of two layers, with BatchNorm in G and E,
without which their reconstructions come and go; the rate falls to 0 from round
2000 on. Judged on held-out digits: by the share of reconstructions G(E(x)) to
which a classifier gives the label of x (0.1 is chance), and by 1-NN on E(x),
for which an encoder that was never trained has about 0.9.

  python launch/train.py --config configs/bigan_digits.py --workdir runs/bigan
  python launch/sample.py --workdir runs/bigan --reconstruct --out pairs.png
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=2000, steps=5000))
  c = config.base(
      'bigan', dict(name='digits'), steps=5000, batch=128,
      model=dict(nets=dict(name='dense', hidden=(128, 128), norm='batch',
                           e_norm='batch'),
                 z=16, prior='normal', g_optim=adam, d_optim=adam),
      evals=dict(reconstruction=dict(every=2500), knn=dict(every=0)),
      accept=dict(
          agree=dict(metric='reconstruction/agreement', min=0.50),
          neighbours=dict(metric='knn/accuracy', min=0.90)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2500, 2500, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16,)
  return c
