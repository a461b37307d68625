"""GAN (Goodfellow et al. 2014) on a grid of 25 Gaussians, 2 apart, sigma 0.1.

MLPs of 3 x 256, Adam(0.5) of 1e-3, from the middle on linearly to 1e-5, batch
256. What others are compared with: PacGAN's table 2 has 17.3 +- 0.8 of 25 modes
for a plain GAN on a grid of sigma 0.05 (see pacgan_grid_p). A mode counts by
20 samples of high quality in 2,500; by one, as there, 22 are reached. With nets
of 2 x 128 and a constant rate 8.3 had 20, and 0.30 were of high quality.

  python launch/train.py --config configs/gan_grid.py --workdir runs/gan_grid
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 10_000
  adam = dict(name='adam', lr=1e-3, b1=0.5, decay=dict(
      name='linear', start=steps // 2, steps=steps, end=1e-5))
  c = config.base(
      'gan', dict(name='grid25'), steps=steps, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3), z=8,
                 objective='non_saturating', g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=10., over='median'),
                  quality=dict(metric='modes/hq', min=0.70)))
  c.reference = ('17.3 +- 0.8 modes, 94.8 % hq, rKL 0.70, sigma 0.05 and other '
                 'nets')
  config.pace_points(c, a.tiny)
  return c
