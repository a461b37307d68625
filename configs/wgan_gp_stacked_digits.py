"""WGAN-GP (Gulrajani et al. 2017) on stacked 8x8 digits: 1000 modes.

The data, nets and count of gan_stacked_digits; penalty 10, 5 steps of the
critic a round, Adam(5e-4, 0.5, 0.9), 2000 rounds.

  python launch/train.py --config configs/wgan_gp_stacked_digits.py \
      --workdir runs/wgan_gp
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=5e-4, b1=0.5, b2=0.9)
  c = config.base(
      'wgan_gp', dict(name='stacked_digits'), steps=2000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(256, 256)), z=64, weight=10.,
                 points='interpolates', power=2, n_critic=5, g_optim=adam,
                 d_optim=adam),
      evals=dict(stacked_modes=dict(every=0, n=26_000)),
      accept=dict(modes=dict(metric='stacked_modes/modes', min=900.)))
  config.pace_stacked(c, a.tiny, rounds=50, every=500)
  return c
