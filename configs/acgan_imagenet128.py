"""AC-GAN (Odena et al. 2017) on ImageNet, 128 pixels: one of its 100 models.

Ten classes a model, here `:first` to `first + 9`. Nets of the appendix: G
110 - 8x8x768 - 384 - 256 - 192 - 3 by 5x5 transposed convolutions, D six 3x3
convolutions of 16 to 512 channels with dropout 0.5; Adam(2e-4, 0.5), batch 100,
50,000 steps. It reports that Inception-v3 recognises 10.1 +- 2.0 % of the
samples of all 100 models. Needs launch/prepare.py imagenet2012.

  python launch/train.py --config configs/acgan_imagenet128.py:first=0 \
      --workdir runs/acgan_0
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, first=0)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'acgan', dict(name='tfds', tfds_name='imagenet2012', size=128,
                    only=tuple(range(a.first, a.first + 10))),
      steps=50_000, batch=100,
      model=dict(nets=dict(name='acgan', widths=(768, 384, 256, 192),
                           dropout=0.5, noise=0.),
                 class_weight=1., g_class_weight=1., z=100, prior='normal',
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 2500
  c.reference = ('Inception-v3 accuracy of samples 10.1 +- 2.0 % (100 models '
                 'of ten classes, 128 pixels)')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets = dict(name='acgan', widths=(8, 8), d_widths=(8, 8))
  return c
