"""Variational discriminator bottleneck (Peng et al. 2019) on a ring.

8 Gaussians, radius 2, sigma 0.1. The standard toy experiment: MLPs of 2 x 128,
Adam(1e-3, 0.5), batch 256, with a code of 16 dimensions, I_c = 0.5 nats and
alpha = 1e-3.

  python launch/train.py --config configs/vib_gan_ring.py --workdir runs/vib_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'vib_gan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 latent=16, information_limit=0.5, rate=1e-3, beta=0.1,
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=7.),
                  information=dict(metric='d/kl:late', min=0.375, max=0.625)))
  config.pace_points(c, a.tiny)
  if a.tiny:
    c.model.latent = 4
  return c
