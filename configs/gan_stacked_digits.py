"""GAN (Goodfellow et al. 2014) on three 8x8 digits stacked in RGB: 1000 modes.

Metz et al. 2017's test of lost modes, for a CPU: dense nets of 2 x 256,
Adam(5e-4, 0.5), batch 128, 10,000 rounds; 26,000 samples, whose three digits a
classifier reads. What packing is compared with: pacgan_stacked_digits. On
stacked MNIST a DCGAN reaches 78.9 +- 6.5 of the 1000 (Lin et al. 2018), and one
whose D is a quarter of G 30.6 +- 20.7 (Metz et al. 2017): `:d=64`, the width of
D, is such a one here. At G's width, 256, the estimate of 100 modes was far too
low: 998 are reached.

  python launch/train.py --config configs/gan_stacked_digits.py --workdir runs/s
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, d=0)
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  weak = dict(d_hidden=(a.d, a.d)) if a.d else {}
  c = config.base(
      'gan', dict(name='stacked_digits'), steps=10_000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(256, 256), **weak), z=64,
                 objective='non_saturating', g_optim=adam, d_optim=adam),
      evals=dict(stacked_modes=dict(every=0, n=26_000)),
      accept=dict(modes=dict(metric='stacked_modes/modes', min=950.)))
  c.reference = '78.9 +- 6.5 modes, KL 4.50, of stacked MNIST with a DCGAN'
  config.pace_stacked(c, a.tiny)
  return c
