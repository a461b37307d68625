"""WGAN with weight clipping (Arjovsky et al. 2017) on a ring of 8 Gaussians.

RMSProp(5e-4), weights clipped to 0.1 (0.01 leaves MLPs of this size without
gradient), 5 critic steps a round, no bursts, so 5,000 rounds are 5,000
generator steps.

  python launch/train.py --config configs/wgan_ring.py --workdir runs/wgan_ring
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=5e-4)
  c = config.base(
      'wgan', dict(name='ring8'), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, clip=0.1,
                 n_critic=5, bursts=False, g_optim=rmsprop, d_optim=rmsprop),
      evals=dict(modes=dict(every=1000, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=7.),
                  estimate=dict(metric='d/gap:last_over_max', max=0.25)))
  config.pace_points(c, a.tiny, rounds=50, every=1000)
  return c
