"""PacGAN (Lin et al. 2018), packs of 2, on a grid of 25 Gaussians.

2 apart, sigma 0.1. MLPs of 2 x 128, Adam(1e-3, 0.5), batch 256, which is 128
packs. Table 2 of the paper, on a grid of sigma 0.05 and with other nets, has
23.8 +- 0.7 modes and 91.3 +- 0.8 % of high quality; without packing 17.3.

  python launch/train.py --config configs/pacgan_grid.py --workdir runs/pacgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'pacgan', dict(name='grid25'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 pack=2, objective='non_saturating', g_optim=adam,
                 d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=23.),
                  quality=dict(metric='modes/hq', min=0.80)))
  c.reference = '23.8 +- 0.7 modes, 91.3 % hq, rKL 0.13, sigma 0.05'
  config.pace_points(c, a.tiny)
  return c
