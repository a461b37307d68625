"""EBGAN (Zhao et al. 2017) on CelebA, 64 pixels: as published.

G of DCGAN, D a convolutional autoencoder of 64, 128 and 256 channels, energies
the norm of a picture's error, m = 20, pulling-away term of weight 0.1. The
paper shows samples and gives no number for pictures of this size. Rates are
DCGAN's, Adam(2e-4, 0.5), batch 128. `:margin=80` is the paper's for LSUN.
Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/ebgan_celeba64.py --workdir runs/e
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, margin=20.)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'ebgan', dict(name='tfds', tfds_name='celeb_a', window=160, size=64,
                    flip=True),
      steps=100_000, batch=128,
      model=dict(nets=dict(name='ebgan', width=128, d_widths=(64, 128, 256),
                           error='norm'),
                 margin=a.margin, pull=0.1, z=100, prior='normal',
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='ebgan', width=4, d_widths=(4, 8), error='norm')
  return c
