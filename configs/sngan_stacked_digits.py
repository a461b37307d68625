"""SN-GAN (Miyato et al. 2018) on stacked 8x8 digits: 1000 modes.

The data, nets and count of gan_stacked_digits, D's kernels spectrally
normalised; hinge losses, Adam(1e-3, 0, 0.9), one step of D a round.

  python launch/train.py --config configs/sngan_stacked_digits.py \
      --workdir runs/sngan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0., b2=0.9)
  c = config.base(
      'sngan', dict(name='stacked_digits'), steps=5000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(256, 256), spectral=True), z=64,
                 prior='normal', n_critic=1, conditional=False, g_optim=adam,
                 d_optim=adam),
      evals=dict(stacked_modes=dict(every=0, n=26_000)),
      accept=dict(modes=dict(metric='stacked_modes/modes', min=900.)))
  config.pace_stacked(c, a.tiny, every=1000)
  return c
