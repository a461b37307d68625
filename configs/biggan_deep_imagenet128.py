"""BigGAN-deep (Brock et al. 2019) on ImageNet, 128 pixels: as published.

Nets of 128 units of channels, two bottleneck blocks a size, z of 128 and an
embedding of 128 at every BatchNorm, attention at 64 pixels, two steps of D a
round, Adam(0, 0.999) of 5e-5 for G and 2e-4 for D, batch 2,048. It reports an
Inception Score of 124.5 +- 2.0 and an FID of 5.7 +- 0.3. There are as many
rounds as in biggan_imagenet128. Needs launch/prepare.py imagenet2012.

  python launch/train.py --config configs/biggan_deep_imagenet128.py \
      --workdir runs/biggan_deep
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999)
  c = config.base(
      'biggan_deep', dict(name='tfds', tfds_name='imagenet2012', size=128,
                          flip=True),
      steps=150_000, batch=2048,
      model=dict(nets=dict(name='biggan_deep', width=128, depth=2, shared=128,
                           attention=64, dtype='float32'),
                 z=128, n_critic=2, ortho=1e-4, ema=0.9999,
                 ema_start=20_000, g_optim=adam(5e-5), d_optim=adam(2e-4)))
  c.checkpoint.every = c.samples.every = 1000
  c.reference = ('Inception Score 124.5 +- 2.0, FID 5.7 +- 0.3 (50,000 '
                 'samples, averaged params, standing statistics, no '
                 'truncation)')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets.update(width=1, shared=4, attention=8)
    c.model.z = 8
  return c
