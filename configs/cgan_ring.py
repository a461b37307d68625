"""Conditional GAN (Mirza & Osindero 2014) on a ring of 8 labelled Gaussians.

The label is the mode: the share of samples nearest to the centre that was asked
for says whether the condition is obeyed.

  python launch/train.py --config configs/cgan_ring.py --workdir runs/cgan_ring
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'cgan', dict(name='ring8', labels=True), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500),
                 classifier=dict(every=2500, n=2500)),
      accept=dict(agree=dict(metric='classifier/cls_agree', min=0.98)))
  config.pace_points(c, a.tiny)
  return c
