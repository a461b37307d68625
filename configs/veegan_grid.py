"""VEEGAN (Srivastava et al. 2017) on a grid of 25 Gaussians.

2 apart, sigma 0.1. The nets of the ring's config. The paper's table has 24.6
modes of 25 and 40.0 % of high quality, on its own grid and by nets of its own.

  python launch/train.py --config configs/veegan_grid.py --workdir runs/veegan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'veegan', dict(name='grid25'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=16,
                 prior='normal', std=1., weight=1., g_optim=adam, d_optim=adam,
                 f_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=24.),
                  quality=dict(metric='modes/hq', min=0.40)))
  c.reference = '24.6 modes, 40.0 % hq, on its own grid'
  config.pace_points(c, a.tiny)
  return c
