"""AEGAN (Luo et al. 2017) on CelebA at 64 pixels.

DCGAN's nets, z U(-1, 1)^100, Adam(2e-4, 0.5), batch 64; after 25 epochs of the
GAN, E, D's mirror with a tanh, on what G makes, for 25 more. The paper shows
pictures found by the distance of their codes, and no number. `:direct` is the
encoder that it compares with, a regression of z. Needs launch/prepare.py
celeb_a.

  python launch/train.py --config configs/aegan_celeba64.py --workdir runs/ae
"""

from gans_jax import config

EPOCH = 162_770 // 64


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, direct=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'aegan', dict(name='tfds', tfds_name='celeb_a', window=160, size=64),
      steps=50 * EPOCH, batch=64,
      model=dict(start=25 * EPOCH, nets=dict(
          name='dcgan', width=128, d_width=64), z=100, prior='uniform',
                 loss='direct' if a.direct else 'image', g_optim=adam,
                 d_optim=adam, e_optim=adam),
      evals=dict(reconstruction=dict(every=5 * EPOCH, heldout=dict(
          name='tfds', tfds_name='celeb_a', window=160, size=64,
          split='test'))))
  c.checkpoint.every = c.samples.every = 5 * EPOCH
  c.reference = 'pictures'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets, c.model.start = dict(name='dcgan', width=4, d_width=4), 2
  return c
