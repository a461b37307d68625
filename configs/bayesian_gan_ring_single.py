"""What Bayesian GAN (Saatci & Wilson 2017) is compared with: one generator.

configs/bayesian_gan_ring.py with one for eight, whose samples at the end of the
chain are judged as theirs are together.

  python launch/train.py --config configs/bayesian_gan_ring_single.py \
      --workdir runs/single
"""

from configs import bayesian_gan_ring
from gans_jax import config


def get_config(arg=''):
  c = bayesian_gan_ring.get_config(config.with_args(arg, 'generators=1'))
  c.accept = dict(modes=dict(metric='modes/modes_20', min=6.))
  c.reference = ''    # of Bayesian GAN
  return c
