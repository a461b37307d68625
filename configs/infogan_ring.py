"""InfoGAN (Chen et al. 2016) on a ring of 8 Gaussians, radius 2, sigma 0.1.

A category of 8 and noise of 8 dimensions, MLPs of 2 x 128 as gan_ring, Q a
linear layer on D's last features, lambda 1. Labels are looked at by evaluators
alone: of held-out points, the share that is sorted by mode. Each category has
one mode, and L_I is log 8 = 2.079, after 750 rounds.

  python launch/train.py --config configs/infogan_ring.py --workdir runs/infogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'infogan', dict(name='ring8', labels=True), steps=2500, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)),
                 codes=dict(category=dict(kind='categorical', k=8)),
                 q=dict(hidden=()), z=8, prior='normal', g_optim=adam,
                 d_optim=adam),
      evals=dict(code_clusters=dict(every=2500),
                 modes=dict(every=2500, n=2500)),
      accept=dict(
          information=dict(metric='g/information_category:late', min=2.0),
          clusters=dict(metric='code_clusters/accuracy', min=0.95)))
  config.pace_points(c, a.tiny)
  return c
