"""MGAN (Hoang et al. 2018) on a ring of 8 Gaussians, radius 2, sigma 0.1.

Four generators whose first layers are their own and whose others are the same;
MLPs of 2 x 128, Adam(1e-3, 0.5) with a rate that falls from round 2,500 on,
batch 256. A D of real and fake, and a classifier on its features that tells
generators apart, by whose answers the generators are paid with beta = 0.125.
Claims as of configs/madgan_ring.py. With beta = 0.5 and a constant rate
generators part completely (1.38 nats) and leave modes between them thin: 7.3 of
8 after 10,000 rounds.

  python launch/train.py --config configs/madgan_ring_mgan.py \
      --workdir runs/mgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, generators=4, beta=0.125)
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=2500, steps=5000, end=1e-5))
  c = config.base(
      'madgan', dict(name='ring8'), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128,), d_hidden=(128, 128)),
                 generators=a.generators, layers=(128,), shared='last',
                 beta=a.beta, z=8, g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500),
                 generators=dict(every=2500, n=2500)),
      accept=dict(
          modes=dict(metric='modes/modes_20', min=8.),
          quality=dict(metric='modes/hq', min=0.85),
          information=dict(metric='generators/information', min=0.8)))
  config.pace_points(c, a.tiny)
  if a.tiny:
    c.model.layers = (16,)
  return c
