"""TransGAN (Jiang et al. 2021) on CelebA at 128 pixels.

The nets of transgan_celebahq256 without the last stage: G of 5, 4, 4, 4 and 4
blocks at 8 to 128 pixels, D of patches of 2, 4 and 8 pixels; batch 64. The
paper reports an FID of 5.28, and its code has no settings for this size: those
of 256 pixels are taken over, with its departures. Needs launch/prepare.py
celeb_a.

  python launch/train.py --config configs/transgan_celeba128.py \
      --workdir runs/transgan_128
"""

from configs import transgan_celebahq256


def get_config(arg=''):
  c = transgan_celebahq256.get_config(arg)
  with c.unlocked():
    if c.data.name != 'folder':    # :tiny
      return c
    c.data = dict(name='tfds', tfds_name='celeb_a', window=160, size=128,
                  flip=True)
    c.model.nets.update(depths=(5, 4, 4, 4, 4),
                        windows=(None, None, None, 16, 16))
    c.reference = 'FID 5.28'
  return c
