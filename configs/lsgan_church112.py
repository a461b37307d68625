"""LSGAN (Mao et al. 2017) on LSUN churches, 112 pixels: as published.

G of 3x3 kernels from 7x7x256, D of DCGAN, z U(-1, 1)^1024, Adam(1e-3, 0.5),
batch 64, 1M rounds, targets 0, 1 and 1. The paper shows samples and gives no
number; mmgeneration reports an FID of 30.74 on LSUN at 64 pixels.
Needs launch/prepare.py lsun/church_outdoor.

  python launch/train.py --config configs/lsgan_church112.py --workdir runs/l
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'lsgan', dict(name='tfds', tfds_name='lsun/church_outdoor', size=112),
      steps=1_000_000, batch=64,
      model=dict(nets=dict(name='lsgan', width=64), targets=(0., 1., 1.),
                 z=1024, prior='uniform', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'samples; FID 30.74 on LSUN at 64 px (mmgeneration)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets.width = 4
    c.model.z = 8
  return c
