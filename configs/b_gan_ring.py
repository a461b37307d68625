"""b-GAN (Uehara et al. 2016) on a ring of 8 Gaussians, radius 2, sigma 0.1.

The standard toy experiment: MLPs of 2 x 128, batch 256; Pearson's f, G follows
the gradient of f-GAN. The ratio is the paper's relative one, of p to the mean
of p and q, and G's Adam(5e-4, 0.5) is half as fast as D's. The ratio p / q
itself explodes between modes that are 0.1 wide: over three seeds 2.7 modes of
8, 4.3 with Adam(1e-4, 0.5) and an average of G's params, where the relative
ratio has 6.7 at equal rates, and 8.

  python launch/train.py --config configs/b_gan_ring.py --workdir runs/b_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  c = config.base(
      'b_gan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 f='pearson', surrogate='variational', relative=0.5,
                 g_optim=adam(5e-4), d_optim=adam(1e-3)),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=7.)))
  config.pace_points(c, a.tiny)
  return c
