"""R1 (Mescheder et al. 2018) on LSUN bedrooms, 256 pixels: as published.

ResNets of 64 to 1024 channels without normalisation, z N(0, 1)^256, RMSProp of
1e-4, batch 64, an average of G's params of 0.999, and a penalty of 10, which
the published code means without a half: 20 here. The paper shows samples (its
ImageNet at 128 pixels has an Inception Score of 30.2).
Needs launch/prepare.py lsun/bedroom.

  python launch/train.py --config configs/r1_gan_lsun256.py --workdir runs/r1
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=1e-4)
  c = config.base(
      'r1_gan', dict(name='tfds', tfds_name='lsun/bedroom', size=256),
      steps=500_000, batch=64,
      model=dict(nets=dict(name='mescheder', width=64, widest=1024), r1=20.,
                 r2=0., every=1, z=256, prior='normal', g_optim=rmsprop,
                 d_optim=rmsprop, ema=0.999))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='mescheder', width=4, widest=8)
  return c
