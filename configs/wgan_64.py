"""WGAN with weight clipping (Arjovsky et al. 2017) at 64 pixels, as published.

DCGAN nets, z N(0, 1)^100, RMSProp(5e-5), clip 0.01, 5 critic steps a round and
100 for each of the first 25 generator steps and every 500th, batch 64. The
paper trained on LSUN bedrooms and shows samples: `:lsun`, after
launch/prepare.py lsun/bedroom. Any folder of pictures serves:

  python launch/train.py --config configs/wgan_64.py --workdir runs/wgan_64 \
      --config.data.path=/data/photos
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, lsun=False)
  rmsprop = dict(name='rmsprop', lr=5e-5)
  where = (dict(name='tfds', tfds_name='lsun/bedroom') if a.lsun else
           dict(name='folder', path='photos'))
  c = config.base(
      'wgan', dict(where, size=64), steps=200_000,
      batch=64, model=dict(
          nets=dict(name='dcgan', width=64, d_width=64), z=100, clip=0.01,
          n_critic=5, bursts=True, g_optim=rmsprop, d_optim=rmsprop))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
