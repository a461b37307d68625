"""b-GAN (Uehara et al. 2016) on CelebA, 64 pixels: the published experiment.

All but the pictures is that of b_gan_cifar10; the paper shows samples and gives
no number. Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/b_gan_celeba64.py --workdir runs/b_gan
"""

from configs import b_gan_cifar10


def get_config(arg=''):
  c = b_gan_cifar10.get_config(arg)
  with c.unlocked():
    if c.data.name == 'tfds':     # not :tiny
      c.data = dict(name='tfds', tfds_name='celeb_a', window=160, size=64,
                    flip=True)
  return c
