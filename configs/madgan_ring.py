"""MAD-GAN (Ghosh et al. 2018) on a ring of 8 Gaussians, radius 2, sigma 0.1.

Four generators whose first layer is the same, MLPs of 2 x 128, Adam(1e-3,
0.5), batch 256. Besides modes and quality the claim is that generators part the
ring among them: the mutual information of generator and mode, at most log 4 =
1.386 nats. Generators leave their modes again: with 5,000 rounds more .84 nats
and 7.7 modes. A rate that falls from round 2,500 on does not help: 1.09 nats,
7.7 modes, .83 of high quality.

  python launch/train.py --config configs/madgan_ring.py --workdir runs/madgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, generators=4)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'madgan', dict(name='ring8'), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128,), d_hidden=(128, 128)),
                 generators=a.generators, layers=(128,), shared='first', z=8,
                 objective='non_saturating', g_optim=adam, d_optim=adam),
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
