"""LSGAN (Mao et al. 2017) on a ring of 8 Gaussians, radius 2, sigma 0.1.

The standard toy experiment: MLPs of 2 x 128, Adam(1e-3, 0.5), batch 256.
Targets are 0 and 1 on D's raw output.

  python launch/train.py --config configs/lsgan_ring.py --workdir runs/lsgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'lsgan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 targets=(0., 1., 1.),
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=7.),
                  quality=dict(metric='modes/hq', min=0.70)))
  config.pace_points(c, a.tiny)
  return c
