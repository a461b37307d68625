"""PacGAN (Lin et al. 2018) on stacked MNIST, 1000 modes: as published.

Three digits in RGB, 128,000 triples; DCGAN's nets for 28 pixels, z U(-1, 1) of
100 dimensions, Adam(2e-4, 0.5), batches of 64 packs, 50 epochs. The digits of
26,000 samples are read by a classifier. Table 4: 78.9 +- 6.5 modes and KL
4.50 +- 0.13 without packing, all 1000 and KL 0.06 with packs of 2, 3 or 4.

  python launch/train.py --config configs/pacgan_stacked_mnist.py:pack=2 \
      --workdir runs/pacgan

Departures: one step of G a round, where the authors' code has two; DCGAN's nets
of its own MNIST code, where theirs have four convolutions; the digits are
mnist5k's, unless data.name is changed.
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, pack=2)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'pacgan', dict(name='stacked_mnist'), steps=50 * 2000, batch=64 * a.pack,
      model=dict(nets=dict(name='dcgan28'), z=100, prior='uniform', pack=a.pack,
                 objective='non_saturating', g_optim=adam, d_optim=adam),
      evals=dict(stacked_modes=dict(every=10_000, n=26_000)))
  c.checkpoint.every = c.samples.every = 2000
  c.reference = ('78.9 +- 6.5 modes, KL 4.50 +- 0.13' if a.pack == 1 else
                 '1000 +- 0 modes, KL 0.06')
  if a.tiny:
    config.shrink(c)
    c.model.nets = dict(name='dcgan28', width=4, fc=8)
  return c
