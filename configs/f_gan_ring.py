"""f-GAN (Nowozin et al. 2016) on a ring of 8 Gaussians, radius 2, sigma 0.1.

The standard toy experiment: MLPs of 2 x 128, Adam(1e-3, 0.5), batch 256.
The divergence is the one of GAN, with the alternative loss of G; see also
configs/f_gan_fit.py.

  python launch/train.py --config configs/f_gan_ring.py --workdir runs/f_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'f_gan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 divergence=dict(name='js'), alternative=True, together=False,
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=6.)))
  config.pace_points(c, a.tiny)
  return c
