"""SGAN (Odena 2016; D of Salimans et al. 2016), the paper's own form.

As configs/sgan_digits.py, with one softmax over K + 1 logits: the same
probabilities, so the same error up to two points, and the same bound.

  python launch/train.py --config configs/sgan_digits_joint.py \
      --workdir runs/sgan_joint
"""

from configs import sgan_digits
from gans_jax import config


def get_config(arg=''):
  return sgan_digits.get_config(config.with_args(arg, 'form=joint'))
