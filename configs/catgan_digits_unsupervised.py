"""CatGAN (Springenberg 2016; nets of Salimans et al. 2016) without labels.

scikit-learn's 8x8 digits, sorted into 20 categories: nets as in catgan_digits,
Adam(5e-4, 0.5), batch 256, ten times the categories and more. Judged by the
share of 500 held-out digits that have the commonest label of their category;
k-means with 20 centres has 0.902.

  python launch/train.py --config configs/catgan_digits_unsupervised.py \
      --workdir runs/catgan_unsupervised
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  c = config.base(
      'catgan', dict(name='digits'), steps=3000, batch=256,
      model=dict(nets=dict(name='improved', hidden=(128, 128),
                           d_hidden=(256, 128, 64), input_noise=0.3,
                           noise=0.5),
                 categories=20, weight=0., z=32, prior='uniform01',
                 g_optim=adam, d_optim=adam),
      evals=dict(clusters=dict(every=2000)),
      accept=dict(clusters=dict(metric='clusters/accuracy', min=0.80)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2000, 2000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20,
                  evals=dict(clusters=dict(every=0)))
    c.model.nets.update(hidden=(16,), d_hidden=(16, 8))
  return c
