"""f-AnoGAN (Schlegl et al. 2019) on 8x8 digits, one of which is normal.

WGAN-GP on the training examples of the digit 0 (or `:normal=8`), dense nets of
2 x 128, z of 16 dimensions, two steps of D a round; after 3000 rounds E, built
as D is, by izi_f with kappa 1, RMSProp(5e-4). Judged on 500 held-out digits of
all classes by the area under the ROC curve of its score. Easy data: the
distance to the nearest training example has .999 for 0 and .991 for 8, so this
proves no more than that all works.

  python launch/train.py --config configs/anogan_digits.py --workdir runs/fano
"""

from gans_jax import config

BOUNDS = {0: .95, 8: .85}


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, normal=0)
  adam = dict(name='adam', lr=1e-3, b1=0.5, b2=0.9)
  c = config.base(
      'anogan', dict(name='digits', only=(a.normal,)), steps=6000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=16,
                 prior='normal', objective='wasserstein', penalty=10.,
                 n_critic=2, encoder=dict(loss='izi_f', kappa=1., start=3000),
                 g_optim=adam, d_optim=adam,
                 e_optim=dict(name='rmsprop', lr=5e-4)),
      evals=dict(anomaly=dict(
          every=3000, normal=(a.normal,),
          heldout=dict(name='digits', split='test'))))
  if a.normal in BOUNDS:
    c.accept = dict(told=dict(metric='anomaly/auroc', min=BOUNDS[a.normal]))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 3000, 3000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden, c.model.z, c.model.encoder.start = (16,), 8, 2
  return c
