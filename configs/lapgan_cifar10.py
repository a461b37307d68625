"""LAPGAN (Denton et al. 2015) on CIFAR-10, 8 to 16 to 32 pixels: as published.

Dense nets of 1200-1200 and 600-600 at 8 pixels, convolutions of 64 channels
above; SGD from 0.02 divided by 1.000004 an update to 1e-6, momentum 0.5 to 0.7.
The paper reports that people take 40 % of its samples for real pictures, and a
Parzen log-likelihood of -1799 +- 826. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/lapgan_cifar10.py \
      --workdir runs/lapgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  epoch = 50_000 // 64
  sgd = dict(name='sgd', lr=0.02, momentum=0.5, final_momentum=0.7,
             momentum_steps=250 * epoch,
             decay=dict(name='exponential', rate=1 / 1.000004, end=1e-6))
  c = config.base(
      'lapgan', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=400 * epoch, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(1200, 1200),
                           d_hidden=(600, 600)),
                 levels=2, width=64, kernel=7, z=100, begin='noise',
                 conditional=False, g_optim=sgd, d_optim=sgd))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = '40 % taken for real by people; Parzen -1799 +- 826'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='mlp', hidden=(8,))
    c.model.width, c.model.kernel = 4, 3
  return c
