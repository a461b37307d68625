"""InfoGAN (Chen et al. 2016) on the 8x8 digits of scikit-learn.

One category of 10 and noise of 32 dimensions, MLPs of 2 x 128.

  python launch/train.py --config configs/infogan_digits.py \
      --workdir runs/infogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  c = config.base(
      'infogan', dict(name='digits'), steps=4000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)),
                 codes=dict(category=dict(kind='categorical', k=10)),
                 q=dict(hidden=()), z=32, prior='normal', g_optim=adam(1e-3),
                 d_optim=adam(2e-4)),
      evals=dict(code_clusters=dict(every=1000),
                 classifier=dict(every=1000, n=2000)),
      accept=dict(
          information=dict(metric='g/information_category:late', min=2.0),
          clusters=dict(metric='code_clusters/accuracy', min=0.80)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20,
                  evals=dict(code_clusters=dict(every=0)))
    c.model.nets.hidden = (16, 16)
  return c
