"""DRAGAN (Kodali et al. 2017) on CIFAR-10 as Lucic et al. 2018 trained it.

The nets of InfoGAN, z U(-1, 1)^64, Adam(1e-4, 0.5), batch 64, 100 epochs,
weight 10, points x + std (u - 1/2). They report an FID of 69.8 +- 2.0 over 50
seeds at the best settings of their search, of 10,000 samples, at the best of
the checkpoints of each 5 epochs. No BatchNorm in D, which has a penalty.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/dragan_cifar10.py --workdir runs/d
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.5)
  epoch = 50_000 // 64
  c = config.base(
      'dragan', dict(name='tfds', tfds_name='cifar10', size=32,
                     range=(0., 1.)),
      steps=100 * epoch, batch=64,
      model=dict(nets=dict(name='dc28', width=64, fc=1024, d_norm=None),
                 weight=10., points='around_real_centred', z=64,
                 prior='uniform', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5 * epoch
  c.reference = 'FID 69.8 +- 2.0, 10k samples, best checkpoint (Lucic 2018)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', range=(0., 1.))
    c.model.nets = dict(name='dc28', width=4, fc=8, d_norm=None)
  return c
