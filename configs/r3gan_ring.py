"""R3GAN's losses (Huang et al. 2024) on a ring of 8 Gaussians, of radius 2.

The standard toy experiment: MLPs of 2 x 128, batch 256, Adam(1e-3, 0), b2 from
0.9 to 0.99 and the learning rate to a quarter by half a cosine; gamma = 0.1, no
augmentation, an average of G's params with a half-life of up to 700 rounds. The
bounds are estimates of ours.

  python launch/train.py --config configs/r3gan_ring.py --workdir runs/r3gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 10_000
  adam = dict(name='adam', lr=1e-3, b1=0., b2=0.9, final_b2=0.99,
              b2_steps=steps, decay=dict(name='cosine', steps=steps,
                                         end=2.5e-4))
  c = config.base(
      'r3gan', dict(name='ring8'), steps=steps, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=8, prior='normal',
                 gamma=0.1, augment=None,
                 half_life=dict(start=0., end=700., steps=steps),
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=8.),
                  quality=dict(metric='modes/hq', min=0.85)))
  config.pace_points(c, a.tiny)
  return c
