"""AC-GAN (Odena et al. 2017) on CIFAR-10: as published.

Nets of the appendix: G 110 - 4x4x384 - 192 - 96 - 3 by 5x5 transposed
convolutions, D six 3x3 convolutions of 16 to 512 channels, BatchNorm, dropout
0.5; Adam(2e-4, 0.5), batch 100. It reports an Inception Score of 8.25 +- 0.07.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/acgan_cifar10.py --workdir runs/acgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'acgan', dict(name='tfds', tfds_name='cifar10'), steps=100_000, batch=100,
      model=dict(nets=dict(name='acgan', widths=(384, 192, 96), dropout=0.5,
                           noise=0.), class_weight=1., g_class_weight=1.,
                 z=100, prior='normal', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = ('Inception Score 8.25 +- 0.07; StudioGAN ran it again at 7.33 '
                 '(10k test images, its batch statistics)')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='acgan', widths=(8,), d_widths=(8, 8))
  return c
