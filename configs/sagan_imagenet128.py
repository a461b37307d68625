"""SAGAN (Zhang et al. 2019) on ImageNet, 128 pixels: as published.

ResNets of 64 channels times 16, 16, 8, 4, 2, 1 in G and 1, 2, 4, 8, 16, 16 in
D, attention at 32 pixels, batch 256, 1M rounds. It reports an Inception Score
of 52.52 and an FID of 18.65. Needs launch/prepare.py imagenet2012.

  python launch/train.py --config configs/sagan_imagenet128.py \
      --workdir runs/sagan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.9)
  c = config.base(
      'sagan', dict(name='tfds', tfds_name='imagenet2012', size=128, flip=True),
      steps=1_000_000, batch=256,
      model=dict(nets=dict(name='resnet',
                           width=(1024, 1024, 512, 256, 128, 64),
                           d_width=(64, 128, 256, 512, 1024, 1024), d_downs=5,
                           spectral=True, g_spectral=True, attention=32),
                 conditional=True, z=128, prior='normal', g_optim=adam(1e-4),
                 d_optim=adam(4e-4)))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'Inception Score 52.52, FID 18.65'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='resnet', width=8, d_width=8, spectral=True,
                        g_spectral=True, attention=8)
  return c
