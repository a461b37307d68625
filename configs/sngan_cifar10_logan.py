"""LOGAN (Wu et al. 2019) on CIFAR-10: SN-GAN of sngan_cifar10.

One step of natural gradient, alpha = 0.9, beta = 0.1, on a uniform z that stays
in [-1, 1], 0.1 |dz|^2 in both losses. The paper's CIFAR-10 is a DCGAN-like
SN-GAN with an FID of 17.7; PyTorch-StudioGAN, with its ResNets, measured 20.45
(Inception Score 7.89) and lists it as not reproduced.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/sngan_cifar10_logan.py \
      --workdir runs/logan
"""

from configs import sngan_cifar10, sngan_digits_logan


def get_config(arg=''):
  c = sngan_cifar10.get_config(arg)
  model = sngan_digits_logan.get_config('tiny').model
  with c.unlocked():
    c.model.prior, c.model.parts = model.prior, model.parts
    c.reference = 'FID 17.7, of an SN-GAN like DCGAN'
  return c
