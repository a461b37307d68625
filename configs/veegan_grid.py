"""VEEGAN (Srivastava et al. 2017) on a grid of 25 Gaussians.

2 apart, sigma 0.1. MLPs of 3 x 256, Adam(0.5) of 1e-3, from the middle on
linearly to 1e-5, batch 256; a mode counts by 20 samples of high quality
in 2,500 (by one, as in the published tables, all 25 do), and the median of
three seeds is judged. The paper's table has 24.6 modes of 25 and 40.0 % of high
quality, on its own grid and by nets of its own.

  python launch/train.py --config configs/veegan_grid.py --workdir runs/veegan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 10_000
  adam = dict(name='adam', lr=1e-3, b1=0.5, decay=dict(
      name='linear', start=steps // 2, steps=steps, end=1e-5))
  c = config.base(
      'veegan', dict(name='grid25'), steps=steps, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3), z=16,
                 prior='normal', std=1., weight=1., g_optim=adam, d_optim=adam,
                 f_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=24., over='median'),
                  quality=dict(metric='modes/hq', min=0.40)))
  c.reference = '24.6 modes, 40.0 % hq, on its own grid'
  config.pace_points(c, a.tiny)
  return c
