"""VEEGAN (Srivastava et al. 2017) on a ring of 8 Gaussians.

Radius 2, sigma 0.1. The toy experiment with wider nets than the other games':
MLPs of 3 x 256, Adam(5e-4, 0.5), from the middle on linearly to 1e-5, batch
256; noise of 16 dimensions, a Gaussian of std 1 around F's output, as in the
authors' code (which has 254); an average of G's params over about 1000 rounds.
The paper's table has 8 modes of 8 and 52.9 % of high quality, on a ring and by
nets of its own.

With MLPs of 2 x 128, a constant rate and no average 0.85 were of high quality,
with the average 0.88; 20,000 rounds had 0.87, a weight that falls to 0.1 by
round 8,000 0.85, weights of 0.5 and 0.2 0.90 and 0.92, but 7 modes: the
reconstruction draws samples to where z can be told from them, between the modes
too, which takes a sharp D to undo. Here 0.92 are, with all modes in three
seeds; at rates of 1e-3 0.96, but one seed has 3 modes. With noise of 2
dimensions, as many as F can find in a point, 2.3, 1.3 and 1.0 modes are reached
by a std of 0.1, 0.5 and 1; with 254 dimensions 7.0 and 0.81.

  python launch/train.py --config configs/veegan_ring.py --workdir runs/veegan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 10_000
  adam = dict(name='adam', lr=5e-4, b1=0.5, decay=dict(
      name='linear', start=steps // 2, steps=steps, end=1e-5))
  c = config.base(
      'veegan', dict(name='ring8'), steps=steps, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3), z=16,
                 prior='normal', std=1., weight=1., ema=0.999, g_optim=adam,
                 d_optim=adam, f_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=8.),
                  quality=dict(metric='modes/hq', min=0.90)))
  c.reference = '8 modes, 52.9 % hq, on its own ring'
  config.pace_points(c, a.tiny)
  return c
