"""SN-GAN (Miyato et al. 2018) on STL-10, 48 pixels: the published ResNet.

G of 512, 256, 128 and 64 channels from 6x6, D of 64 to 1024; otherwise as on
CIFAR-10 (configs/sngan_cifar10.py), on the 100,000 pictures without labels. It
reports an Inception Score of 9.10 +- 0.04 and an FID of 40.1. Needs
launch/prepare.py stl10.

  python launch/train.py --config configs/sngan_stl10.py --workdir runs/sngan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda updates: dict(name='adam', lr=2e-4, b1=0., b2=0.9,
                              decay=dict(name='linear', steps=updates))
  c = config.base(
      'sngan', dict(name='tfds', tfds_name='stl10', split='unlabelled',
                    size=48, flip=True, labels=False),
      steps=50_000, batch=64,
      model=dict(nets=dict(name='resnet', width=(512, 256, 128, 64),
                           d_width=(64, 128, 256, 512, 1024), d_downs=4,
                           spectral=True),
                 conditional=False, n_critic=5, z=128, prior='normal',
                 g_optim=adam(50_000), d_optim=adam(250_000)))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'Inception Score 9.10 +- 0.04, FID 40.1'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='resnet', width=4, d_width=4, spectral=True)
  return c
