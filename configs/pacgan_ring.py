"""PacGAN (Lin et al. 2018), packs of 2, on a ring of 8 Gaussians.

Radius 2, sigma 0.1. The standard toy experiment: MLPs of 2 x 128, Adam(1e-3,
0.5), batch 256, which is 128 packs. The paper's table 2 has, on its own ring
(radius 1, sigma 0.01, other nets), 7.9 +- 0.1 modes and 95.6 +- 2.0 % of high
quality, where the same GAN without packing has 6.3 +- 0.5.

  python launch/train.py --config configs/pacgan_ring.py --workdir runs/pacgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'pacgan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 pack=2, objective='non_saturating', g_optim=adam,
                 d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=8.),
                  quality=dict(metric='modes/hq', min=0.90)))
  c.reference = '7.9 +- 0.1 modes, 95.6 +- 2.0 % hq, on its own ring'
  config.pace_points(c, a.tiny)
  return c
