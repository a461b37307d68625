"""R3GAN (Huang et al. 2024) on three 8x8 digits stacked in RGB: 1000 modes.

The data, count and dense nets of gan_stacked_digits, batch 128; Adam(5e-4, 0)
by half a cosine to a quarter, b2 from 0.9 to 0.99, gamma from 0.1 to 0.01, and
an average of G's params with a half-life of up to 200 rounds. All 1000 modes of
stacked MNIST are reported for it, with nets of its own.

  python launch/train.py --config configs/r3gan_stacked_digits.py \
      --workdir runs/r3gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 4000
  to = lambda start, end: dict(start=start, end=end, steps=steps)
  adam = dict(name='adam', lr=5e-4, b1=0., b2=0.9, final_b2=0.99,
              b2_steps=steps, decay=dict(name='cosine', steps=steps,
                                         end=1.25e-4))
  c = config.base(
      'r3gan', dict(name='stacked_digits'), steps=steps, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(256, 256)), z=64,
                 prior='normal', gamma=to(0.1, 0.01), augment=None, p=0.,
                 conditional=False, half_life=to(0., 200.), g_optim=adam,
                 d_optim=adam),
      evals=dict(stacked_modes=dict(every=0, n=26_000)),
      accept=dict(modes=dict(metric='stacked_modes/modes', min=950.)))
  c.reference = '1000 modes of stacked MNIST, with its own nets'
  config.pace_stacked(c, a.tiny, rounds=50, every=1000)
  return c
