"""Geometric GAN (Lim & Ye 2017) on CelebA, 64 pixels.

DCGAN nets of 64 channels, C = 1, RMSProp of 2e-4, z N(0, 1)^100, batch 64, 50
epochs of the middle of each picture. The paper shows samples and gives no
number; StudioGAN reports an FID of 43.16 on CIFAR-10 (50,000 training pictures
and as many fakes). One step each a round, where the published script has ten of
G for one of D. Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/geometric_gan_celeba64.py \
      --workdir runs/geometric_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=2e-4)
  c = config.base(
      'geometric_gan', dict(name='tfds', tfds_name='celeb_a', window=118,
                            size=64),
      steps=50 * (162_770 // 64), batch=64,
      model=dict(nets=dict(name='dcgan', width=64, d_width=64), c=1.,
                 n_critic=1, z=100, prior='normal', g_optim=rmsprop,
                 d_optim=rmsprop))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples; FID 43.16 on CIFAR-10, 50k of train (StudioGAN 0.4)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
