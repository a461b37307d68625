"""ALI (Dumoulin et al. 2017) on a grid of 25 Gaussians, 2 apart, sigma 0.1.

Dense nets of three layers: by two, which do for a GAN, 15 modes have 20 samples
and 0.52 of the nearest centres agree after as many rounds, in one seed, and 25
and 0.96 by three. Judged by the modes that G covers, and by the share of
held-out x whose reconstruction has the same nearest centre. The experiment of
the paper's code on such a grid is configs/ali_grid_p.py.

  python launch/train.py --config configs/ali_grid.py --workdir runs/ali
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=6000, steps=12_000))
  c = config.base(
      'ali', dict(name='grid25'), steps=12_000, batch=256,
      model=dict(nets=dict(name='dense', hidden=(128, 128, 128)),
                 encoder=dict(name='gaussian'), z=2, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(reconstruction=dict(every=5000),
                 modes=dict(every=5000, n=2500)),
      accept=dict(
          modes=dict(metric='modes/modes_20', min=18.),
          agree=dict(metric='reconstruction/agreement', min=0.60)))
  c.reference = ('24.1 +- 0.4 modes, 95.7 +- 0.6 % hq, rKL 0.14, sigma 0.05 '
                 'and other nets')
  config.pace_points(c, a.tiny)
  return c
