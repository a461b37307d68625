"""CatGAN (Springenberg 2016) on three Gaussians, without labels.

Radius 2, sigma 0.1: three categories for three modes. MLPs of 2 x 64, batch
256, Adam(1e-3, 0.5). Judged by the share of other points that have the
commonest label of their category.

  python launch/train.py --config configs/catgan_ring3.py \
      --workdir runs/catgan_ring3
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'catgan', dict(name='ring3', labels=True), steps=1000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(64, 64)), categories=3,
                 weight=0., z=2, prior='normal', g_optim=adam, d_optim=adam),
      evals=dict(clusters=dict(every=500)),
      accept=dict(clusters=dict(metric='clusters/accuracy', min=0.98)))
  config.pace_points(c, a.tiny, rounds=50, every=500)
  return c
