"""R1 (Mescheder et al. 2018) on a grid of 25 Gaussians, 2 apart, sigma 0.1.

MLPs of 2 x 128, Adam(1e-3, 0.5), batch 256; gamma = 0.1, and an average of G's
params over about 1000 rounds.

  python launch/train.py --config configs/r1_gan_grid.py --workdir runs/r1_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'r1_gan', dict(name='grid25'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 r1=0.1, ema=0.999, g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=25.),
                  quality=dict(metric='modes/hq', min=0.80)))
  config.pace_points(c, a.tiny)
  return c
