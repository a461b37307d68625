"""WGAN-GP (Gulrajani et al. 2017) on a grid of 25 Gaussians.

2 apart, sigma 0.1. MLPs of 3 x 256, Adam from 1e-3 linearly to 1e-4, penalty
0.1 (the toy sets of the published code), 5 critic steps a round, batch 256; the
last 2,000 of 7,000 rounds are at 1e-4: after 5,000 all modes are there, and
0.787 of high quality. A mode counts by 20 samples of high quality in 2,500.

  python launch/train.py --config configs/wgan_gp_grid.py --workdir runs/wgan_gp
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 5000

  def adam(updates):
    return dict(name='adam', lr=1e-3, b1=0.5, b2=0.9,
                decay=dict(name='linear', steps=updates, end=1e-4))

  c = config.base(
      'wgan_gp', dict(name='grid25'), steps=steps + 2000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3), z=8, weight=0.1,
                 points='interpolates', power=2, n_critic=5,
                 g_optim=adam(steps), d_optim=adam(5 * steps)),
      evals=dict(modes=dict(every=1000, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=25., over='median'),
                  quality=dict(metric='modes/hq', min=0.80)))
  config.pace_points(c, a.tiny, rounds=50, every=1000)
  return c
