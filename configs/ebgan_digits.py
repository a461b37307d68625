"""EBGAN (Zhao et al. 2017) on the 8x8 digits of scikit-learn.

G: 32 - 128 - 128 - 64; D an autoencoder 64 - 64 - 16 - 64 - 64 whose energy is
the mean square a pixel, about 0.29 for one that always gives the mean picture;
m = 0.5, w = 0.1, Adam(1e-3, 0.5), batch 64.

  python launch/train.py --config configs/ebgan_digits.py --workdir runs/ebgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'ebgan', dict(name='digits'), steps=10_000, batch=64,
      model=dict(nets=dict(name='autoencoder', hidden=(128, 128),
                           d_hidden=(64,), code=16, error='mean_square'),
                 margin=0.5, pull=0.1, z=32, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=5000, n=2000)),
      accept=dict(
          entropy=dict(metric='classifier/label_entropy', min=1.8),
          apart=dict(metric='g/cosine:late', max=0.35)))
  c.rounds, c.log.every = 250, 250
  c.checkpoint.every, c.samples.every, c.samples.n = 2500, 2500, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.update(hidden=(16,), d_hidden=(8,), code=4)
  return c
