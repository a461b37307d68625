"""VEEGAN (Srivastava et al. 2017) on a ring of 8 Gaussians.

Radius 2, sigma 0.1. The standard toy experiment: MLPs of 2 x 128, Adam(1e-3,
0.5), batch 256, with noise of 2 dimensions, as many as F can find in a point.
The paper's table has 8 modes of 8 and 52.9 % of high quality, on a ring and by
nets of its own.

The claims are not reached: 2.3 modes and 0.45 over three seeds, with rates of
2e-4 5.3 and 0.52.

  python launch/train.py --config configs/veegan_ring.py --workdir runs/veegan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'veegan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=2, prior='normal',
                 std=0.1,
                 g_optim=adam, d_optim=adam, f_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=8.),
                  quality=dict(metric='modes/hq', min=0.90)))
  c.reference = '8 modes, 52.9 % hq, on its own ring'
  config.pace_points(c, a.tiny)
  return c
