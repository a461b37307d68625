"""AnoGAN (Schlegl et al. 2017) on 8x8 digits: 0 is normal, codes by search.

A GAN of dense nets of 2 x 128 on the training examples of the digit 0 (or
`:normal=8`), z of 16 dimensions, Adam(2e-4, 0.5); then 500 steps of Adam(.01)
for each of 500 held-out digits of all classes, with lambda .1, and the last
value as score. Judged by the area under its ROC curve.

  python launch/train.py --config configs/anogan_digits_search.py \
      --workdir runs/anogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, normal=0)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'anogan', dict(name='digits', only=(a.normal,)), steps=6000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=16,
                 prior='normal', search=dict(
                     steps=500, lr=.01, weight=.1, error='sum_absolute'),
                 g_optim=adam, d_optim=adam),
      evals=dict(anomaly=dict(
          every=0, normal=(a.normal,),
          heldout=dict(name='digits', split='test'))),
      accept=dict(told=dict(metric='anomaly/auroc',
                            min=.95 if a.normal == 0 else .85)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 3000, 3000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden, c.model.search.steps = (32, 32), 5
  return c
