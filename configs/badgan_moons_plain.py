"""BadGAN (Dai et al. 2017) on two moons, G without the part that asks for rare.

configs/badgan_moons.py with `:low=0`: fewer of G's samples are less likely than
nine of ten examples than its claim of configs/badgan_moons.py asks for.

  python launch/train.py --config configs/badgan_moons_plain.py \
      --workdir runs/badgan_plain
"""

from configs import badgan_moons
from gans_jax import config


def get_config(arg=''):
  c = badgan_moons.get_config(config.with_args(arg, 'low=0.'))
  c.accept = dict(below=dict(metric='g/below:late', max=0.7))
  return c
