"""BEGAN (Berthelot et al. 2017) on the 8x8 digits of scikit-learn.

G: 32 - 128 - 128 - 64; D an autoencoder 64 - 64 - 16 - 64 - 64, mean absolute
error; gamma = 0.7, lambda_k = 0.05, Adam(b1 = 0.5) of 3e-4 for G and of 1e-3
for D, batch 64.

k has to become about 0.15 for D to matter. Until it does, G goes to the one
picture that the autoencoder takes for easiest: the paper's lambda_k of 1e-3,
made for millions of rounds, leaves k at 0.02 after 10,000, the balance as asked
for and all samples of one class (entropy 0; also with gamma = 0.7, or rates of
2e-4; with lambda_k = 0.01 too, where gamma is 0.5 and D has a code as wide as
the picture). With lambda_k = 0.01 and G's rate 1e-4 it is 1.17 at gamma = 0.7
and 1.78 at 0.9; the nets of the paper, 8 channels wide, have 0.98 after 4000
rounds. It still rises where the rates fall.

  python launch/train.py --config configs/began_digits.py --workdir runs/began
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 15_000
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5, decay=dict(
      name='linear', start=5000, steps=steps, end=1e-4))
  c = config.base(
      'began', dict(name='digits'), steps=steps, batch=64,
      model=dict(nets=dict(name='autoencoder', hidden=(128, 128),
                           d_hidden=(64,), code=16, error='mean_absolute'),
                 gamma=0.7, rate=0.05, z=32, prior='uniform',
                 g_optim=adam(3e-4), d_optim=adam(1e-3)),
      evals=dict(classifier=dict(every=5000, n=2000)),
      accept=dict(
          entropy=dict(metric='classifier/label_entropy', min=1.6),
          weight=dict(metric='g/k:late', min=0.001, max=0.999),
          balance=dict(metric='g/imbalance:late', max=0.15)))
  c.rounds, c.log.every = 250, 250
  c.checkpoint.every, c.samples.every, c.samples.n = 2500, 2500, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.update(hidden=(16,), d_hidden=(8,), code=4)
  return c
