"""BigBiGAN (Donahue & Simonyan 2019) without the scores of x and of z alone.

configs/bigbigan_digits.py with D's score of pairs only, its ablation. It was
expected not to be better; compare the rows by

  python launch/study.py contest bigbigan_digits bigbigan_digits_joint \
      --metric reconstruction/agreement --higher

  python launch/train.py --config configs/bigbigan_digits_joint.py \
      --workdir runs/joint
"""

from configs import bigbigan_digits
from gans_jax import config


def get_config(arg=''):
  return bigbigan_digits.get_config(config.with_args(arg, 'joint=true'))
