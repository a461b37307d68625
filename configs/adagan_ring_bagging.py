"""What AdaGAN (Tolstikhin et al. 2017) is compared with: bagging, on the ring.

configs/adagan_ring.py with weights that are all alike: five weak GANs that know
nothing of each other, on the same budget. Its row in the table of results is
there to be read beside AdaGAN's, which had as many modes.

  python launch/train.py --config configs/adagan_ring_bagging.py \
      --workdir runs/bagging
"""

from configs import adagan_ring
from gans_jax import config


def get_config(arg=''):
  c = adagan_ring.get_config(config.with_args(arg, 'bagging=true'))
  c.reference = ''    # of AdaGAN
  return c
