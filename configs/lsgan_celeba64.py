"""LSGAN (Mao et al. 2017) on CelebA as Lucic et al. 2018 trained it.

The nets of InfoGAN, z U(-1, 1)^64, Adam(2e-4, 0.5), batch 64, 40 epochs of the
middle 160 pixels at 64. They report an FID of 53.9 +- 2.8 over 50 seeds at the
best settings of their search, of 10,000 samples, at the best of the checkpoints
of each 5 epochs. Raw outputs here; theirs are through a sigmoid.
Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/lsgan_celeba64.py --workdir runs/l
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  epoch = 162_770 // 64
  c = config.base(
      'lsgan', dict(name='tfds', tfds_name='celeb_a', window=160, size=64,
                    range=(0., 1.)),
      steps=40 * epoch, batch=64,
      model=dict(nets=dict(name='dc28', width=64, fc=1024),
                 targets=(0., 1., 1.), z=64, prior='uniform', g_optim=adam,
                 d_optim=adam))
  c.checkpoint.every = c.samples.every = 5 * epoch
  c.reference = 'FID 53.9 +- 2.8, 10k samples, best checkpoint (Lucic 2018)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', range=(0., 1.))
    c.model.nets = dict(name='dc28', width=4, fc=8)
  return c
