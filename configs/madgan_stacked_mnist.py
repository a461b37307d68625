"""MAD-GAN (Ghosh et al. 2018) on stacked MNIST, 1000 modes: as published.

Four generators, Adam(1e-4, 0.5), z N(0, 1)^100; DCGAN's nets for 28 pixels
after a dense layer of 1024 units that all generators share, 128,000 triples, 50
epochs of batches of 64. The digits of 26,000 samples are read by a classifier.
The paper reports 890 modes and a KL of .91; PacGAN's table has 78.9 +- 6.5 and
4.50 for a DCGAN.

  python launch/train.py --config configs/madgan_stacked_mnist.py \
      --workdir runs/madgan

Departures: nets, batches and epochs are those of PacGAN's protocol; the digits
are mnist5k's, unless data.name is changed.
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, generators=4)
  adam = dict(name='adam', lr=1e-4, b1=0.5)
  c = config.base(
      'madgan', dict(name='stacked_mnist'), steps=50 * 2000, batch=64,
      model=dict(nets=dict(name='dcgan28', width=64, fc=1024),
                 generators=a.generators, layers=(1024,), shared='first',
                 objective='non_saturating', z=100, g_optim=adam,
                 d_optim=adam),
      evals=dict(stacked_modes=dict(every=10_000, n=26_000)))
  c.checkpoint.every = c.samples.every = 2000
  c.reference = '890 modes, KL .91'
  if a.tiny:
    config.shrink(c)
    c.model.nets = dict(name='dcgan28', width=4, fc=8)
    c.model.layers = (8,)
  return c
