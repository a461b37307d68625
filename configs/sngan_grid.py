"""SN-GAN (Miyato et al. 2018) on a grid of 25 Gaussians, 2 apart, sigma 0.1.

MLPs of 3 x 256, D's spectrally normalised, hinge losses, batch 256, five steps
of D a round, Adam(0, 0.9) of 1e-3, D's to 0 linearly, as on the ring. A mode
counts by 20 samples of high quality in 2,500, and the median of three seeds is
judged. With nets of 2 x 128 13 modes were reached, and 0.23 of high quality.

  python launch/train.py --config configs/sngan_grid.py --workdir runs/sngan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda updates: dict(name='adam', lr=1e-3, b1=0., b2=0.9,
                              decay=dict(name='linear', steps=updates))
  c = config.base(
      'sngan', dict(name='grid25'), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3, spectral=True), z=8,
                 prior='normal', n_critic=5, conditional=False,
                 g_optim=adam(25_000), d_optim=adam(25_000)),
      evals=dict(modes=dict(every=1000, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=25., over='median'),
                  quality=dict(metric='modes/hq', min=0.80)))
  config.pace_points(c, a.tiny, rounds=50, every=1000)
  return c
