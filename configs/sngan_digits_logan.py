"""LOGAN (Wu et al. 2019) on 8x8 digits, by label: SN-GAN of sngan_digits.

Both players play with a z that one step of natural gradient has moved towards
what D likes, alpha = 0.9, beta = 0.1, 0.1 |dz|^2 in both losses; z is uniform
and stays in [-1, 1], as in the paper. All else is that of sngan_digits, and so
is what is asked: the share of samples that a classifier labels as asked for.
The paper's own numbers are of BigGAN-deep on ImageNet at 128 pixels: FID 3.4
and Inception score 148, by 32 % and 17 % better than without.

  python launch/train.py --config configs/sngan_digits_logan.py \
      --workdir runs/logan
"""

from configs import sngan_digits


def get_config(arg=''):
  c = sngan_digits.get_config(arg)
  with c.unlocked():
    c.model.prior = 'uniform'
    c.model.parts = dict(latent=dict(
        step='natural', alpha=0.9, beta=0.1, weight=0.1, clip=1.))
  return c
