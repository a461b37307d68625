"""DCGAN (Radford et al. 2016) at 64 pixels: the published nets.

G 4x4x1024 - 512 - 256 - 128 - 3, D its mirror from 64 channels, z U(-1, 1)^100,
Adam(2e-4, 0.5), batch 128. The paper trained on LSUN bedrooms and shows
samples: `:lsun`, after launch/prepare.py lsun/bedroom. Any folder of pictures
serves:

  python launch/train.py --config configs/dcgan_64.py --workdir runs/dcgan_64 \
      --config.data.path=/data/photos
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, lsun=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  where = (dict(name='tfds', tfds_name='lsun/bedroom') if a.lsun else
           dict(name='folder', path='photos', flip=True))
  c = config.base(
      'dcgan', dict(where, size=64), steps=100_000, batch=128,
      model=dict(nets=dict(name='dcgan', width=128, d_width=64), z=100,
                 prior='uniform', g_optim=adam, d_optim=adam))
  c.checkpoint.every = 5000
  c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
