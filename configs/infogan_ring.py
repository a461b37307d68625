"""InfoGAN (Chen et al. 2016) on a ring of 8 Gaussians, radius 2, sigma 0.1.

  python launch/train.py --config configs/infogan_ring.py --workdir runs/infogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'infogan', dict(name='ring8', labels=True), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)),
                 codes=dict(category=dict(kind='categorical', k=8)),
                 q=dict(hidden=()), z=8, prior='normal', g_optim=adam,
                 d_optim=adam),
      evals=dict(code_clusters=dict(every=2500),
                 modes=dict(every=2500, n=2500)),
      accept=dict(clusters=dict(metric='code_clusters/accuracy', min=0.95)))
  config.pace_points(c, a.tiny)
  return c
