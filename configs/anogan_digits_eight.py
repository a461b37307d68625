"""f-AnoGAN (Schlegl et al. 2019) on 8x8 digits, of which 8 is normal.

configs/anogan_digits.py with the digit that is like most others.

  python launch/train.py --config configs/anogan_digits_eight.py --workdir r/8
"""

from configs import anogan_digits
from gans_jax import config


def get_config(arg=''):
  return anogan_digits.get_config(config.with_args(arg, 'normal=8'))
