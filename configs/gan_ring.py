"""GAN (Goodfellow et al. 2014) on a ring of 8 Gaussians, radius 2, sigma 0.1.

The standard toy experiment: MLPs of 2 x 128, Adam(1e-3, 0.5), batch 256.
PacGAN (Lin et al. 2018, table 2) reports 6.3 +- 0.5 of 8 modes for a plain GAN
on its own ring (radius 1, sigma 0.01, other nets).

  python launch/train.py --config configs/gan_ring.py --workdir runs/gan_ring
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, objective='non_saturating')
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'gan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8,
                 objective=a.objective, g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=6.),
                  quality=dict(metric='modes/hq', min=0.70)))
  c.reference = 'PacGAN table 2, its own ring and nets: 6.3 +- 0.5 modes'
  config.pace_points(c, a.tiny)
  return c
