"""R1 (Mescheder et al. 2018) on CelebA-HQ, up to 1024 pixels: as published.

The ResNets of r1_gan_lsun256 with 16 channels at 1024 pixels, z N(0, 1)^256,
RMSProp of 1e-4, batch 24, an average of G's params of 0.999, a penalty of 10
without a half (20 here), and no progressive growing. The paper shows samples.
`:size=256` is smaller, with 64 channels and batch 64. Data is a folder of
pictures.

  python launch/train.py --config configs/r1_gan_celebahq1024.py \
      --config.data.path=PICTURES --workdir runs/r1_hq
"""

from configs import r1_gan_lsun256
from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, size=1024)
  c = r1_gan_lsun256.get_config('tiny' if a.tiny else '')
  with c.unlocked():
    if not a.tiny:
      c.data = dict(name='folder', path='celeba_hq', size=a.size, flip=True)
      large = a.size > 256
      c.batch, c.model.nets.width = (24, 16) if large else (64, 64)
  return c
