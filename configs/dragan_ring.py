"""DRAGAN (Kodali et al. 2017) on a ring of 8 Gaussians, radius 2, sigma 0.1.

The standard toy experiment: MLPs of 2 x 128, Adam(1e-3, 0.5), batch 256, and a
penalty of weight 1 around real samples. The paper's 10 is for pictures: here
its points lie up to 0.7 from modes that are 0.1 wide, and a logit whose slope
is held at 1 all over there cannot tell a mode from its surroundings: 0.67 of
the samples are of high quality over three seeds, 0.62 with an average of G's
params, where weight 1 gives 0.94. The claims are as they were for 10.

  python launch/train.py --config configs/dragan_ring.py --workdir runs/dragan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'dragan', dict(name='ring8'), steps=10_000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 weight=1., points='around_real',
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=7.),
                  quality=dict(metric='modes/hq', min=0.80)))
  config.pace_points(c, a.tiny)
  return c
