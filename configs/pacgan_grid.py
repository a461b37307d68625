"""PacGAN (Lin et al. 2018), packs of 2, on a grid of 25 Gaussians.

2 apart, sigma 0.1. The paper's kind of nets in two thirds of their width: G of
3 x 256 with BatchNorm, D of three maxout layers of 128 units of 5 pieces, N(0,
0.02) weights, Adam(0.8) of 1e-4, from round 46,000 on linearly to 1e-6, batch
256, which is 128 packs, and an average of G's params over about 1000 rounds; a
mode counts by 20 samples of high quality in 2,500. Table 2 of the paper, on a
grid of sigma 0.05, has 23.8 +- 0.7 modes and 91.3 +- 0.8 % of high quality;
without packing 17.3.

Three seeds have 24, 25 and 22 modes and 0.82 of high quality, 25 modes by one
sample, a reverse KL of 0.09; 40,000 rounds had 22, 24, 20 and 0.76. D, which
has 625 pairs of modes to tell from their surroundings, stays at a loss of log 4
for 10,000 rounds: from then on 0.15, 0.35, 0.53 are of high quality after
10,000, 15,000, 20,000, by one seed. Above a rate of 2e-4 it never sees them. So
do not MLPs with LeakyReLU: 3 x 256 by rates from 1e-3 down have 0.07 after
10,000 rounds, 0.28 in 13 modes with 1e-4 for G; D of 3 x 512, G with BatchNorm
and R1 as a part do not change it.

  python launch/train.py --config configs/pacgan_grid.py --workdir runs/pacgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 54_000
  adam = dict(name='adam', lr=1e-4, b1=0.8, decay=dict(
      name='linear', start=46_000, steps=steps, end=1e-6))
  c = config.base(
      'pacgan', dict(name='grid25'), steps=steps, batch=256,
      model=dict(nets=dict(name='maxout', hidden=(256,) * 3, units=128,
                           pieces=5, layers=3, norm='batch', dropout=False,
                           std=0.02),
                 z=2, prior='normal', pack=2, objective='non_saturating',
                 ema=0.999, g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=10_000, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=23., over='median'),
                  quality=dict(metric='modes/hq', min=0.80)))
  c.reference = '23.8 +- 0.7 modes, 91.3 % hq, rKL 0.13, sigma 0.05'
  config.pace_points(c, a.tiny, every=10_000)
  if a.tiny:
    c.model.nets.units = 8
  return c
