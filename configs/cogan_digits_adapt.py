"""CoGAN (Liu & Tuzel 2016) adapts a classifier of 8x8 digits to their negative.

As configs/cogan_digits.py, with a classifier on D's features that learns the
labels of domain a alone, and features of both pictures of a z that are drawn
together, with the weights of the authors' code. Judged by its error on held-out
pictures of domain b, of which it never saw a label: .048 in a pilot of 1,000
rounds, .024 on domain a; .80 where dense layers of their own keep the domains
apart.

  python launch/train.py --config configs/cogan_digits_adapt.py \
      --workdir runs/adapt
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(
      name='adam', lr=lr, b1=0.5,
      decay=dict(name='linear', start=2000, steps=4000, end=1e-5))
  c = config.base(
      'cogan', dict(name='digits', domains='negative', labels=True),
      steps=4000, batch=128,
      model=dict(nets=dict(name='local', hidden=(128,), maps=16, kernel=3,
                           norm='batch', d_hidden=(128, 128)),
                 class_weight=10., match=0.01, z=32, prior='normal',
                 ema=0.995, g_optim=adam(1e-3), d_optim=adam(3e-4)),
      evals=dict(coupling=dict(every=2000, n=2000),
                 adaptation=dict(every=2000)),
      accept=dict(error=dict(metric='adaptation/error_b', max=0.10)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2000, 2000, 50
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=10)
    c.model.nets.hidden, c.model.nets.d_hidden = (8,), (8,)
    c.model.nets.maps = 2
  return c
