"""CaloGAN (Paganini et al. 2017) on toy showers: blobs of a known energy.

The detector's cells as published, 3x96, 12x12 and 12x6, narrow nets, for a CPU:
streams of 8 - 4 - 4 - 1 channels from 128 numbers (of fewer the length varies
too much to tell an energy by), D 4 - 4 - 4 - 4 in each layer, minibatch
discriminations 5 x 5; Adam(1e-3, 0.5) for G, 1e-4 for D, ten to one as
published, batch 32. Judged by how far the sum of a shower is from the energy
that was asked for, and by the shares of the layers against real ones.

  python launch/train.py --config configs/calogan_toy.py --workdir runs/calogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, attention=True)
  c = config.base(
      'calogan', dict(name='showers'), steps=3000, batch=32,
      model=dict(nets=dict(name='calogan', width=8, channels=4, local=4,
                           attention=a.attention, d_channels=4,
                           d_local=(4, 4, 4), kernels=5, dims=5),
                 energy=(1., 100.), weight=0.05, z=128, prior='normal',
                 g_optim=dict(name='adam', lr=1e-3, b1=0.5),
                 d_optim=dict(name='adam', lr=1e-4, b1=0.5)),
      evals=dict(showers=dict(every=1000, n=1000, n_real=5000)),
      accept=dict(response=dict(metric='showers/response', max=0.15),
                  fractions=dict(metric='showers/fraction_error', max=0.1)))
  c.rounds = c.log.every = 50
  c.checkpoint.every = c.samples.every = 1000
  c.samples.n = 16
  if a.tiny:
    config.shrink(c, n=4)
    c.data = dict(name='showers', n=200, low=.5, high=2.)
    c.model.nets = dict(name='calogan', width=2, channels=2, local=2,
                        attention=a.attention, d_channels=2,
                        d_local=(2, 2, 2), kernels=2, dims=2)
    c.model.z, c.model.energy = 4, (.5, 2.)
  return c
