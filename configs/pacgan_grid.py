"""PacGAN (Lin et al. 2018), packs of 2, on a grid of 25 Gaussians.

2 apart, sigma 0.1. MLPs of 3 x 256, Adam(0.5) of 1e-3, from the middle on
linearly to 1e-5, batch 256, which is 128 packs; a mode counts by 20
samples of high quality in 2,500. Table 2 of the paper,
on a grid of sigma 0.05 and with other nets, has 23.8 +- 0.7 modes and 91.3 +-
0.8 % of high quality; without packing 17.3.

Missed: samples are spread evenly, 0.07 of them of high quality, as D, which has
625 pairs of modes to tell from their surroundings, stays at a loss of log 4 for
7,500 rounds, until G moves slower. A rate of 2e-4 for G alone, D of 3 x 512
with rates of 3e-4, and BatchNorm in G do not change that within 1,000 rounds
(3,000 with BatchNorm). With nets of 2 x 128 and a constant rate 6 modes had 20
samples, and 0.16 were of high quality.

  python launch/train.py --config configs/pacgan_grid.py --workdir runs/pacgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 10_000
  adam = dict(name='adam', lr=1e-3, b1=0.5, decay=dict(
      name='linear', start=steps // 2, steps=steps, end=1e-5))
  c = config.base(
      'pacgan', dict(name='grid25'), steps=steps, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3), z=8, prior='normal',
                 pack=2, objective='non_saturating', g_optim=adam,
                 d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=23., over='median'),
                  quality=dict(metric='modes/hq', min=0.80)))
  c.reference = '23.8 +- 0.7 modes, 91.3 % hq, rKL 0.13, sigma 0.05'
  config.pace_points(c, a.tiny)
  return c
