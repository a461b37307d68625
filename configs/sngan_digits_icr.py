"""ICR (Zhao et al. 2021) on 8x8 digits, by label: SN-GAN of sngan_digits.

D is asked for the same logit of a sample and of it moved by a pixel, real or
fake (bCR, 10 and 10), and of G(z) and G(z + e) (zCR, 5), e of deviation 0.05; G
is paid 0.5 for a difference of the two samples. No flips: a mirrored digit is
none. All else is that of sngan_digits, and so is what is asked: the share of
samples that a classifier labels as asked for. On CIFAR-10 the paper has FID
9.21 (BigGAN, by label) where CR has 11.48.

  python launch/train.py --config configs/sngan_digits_icr.py \
      --workdir runs/icr
"""

from configs import sngan_digits


def get_config(arg=''):
  c = sngan_digits.get_config(arg)
  with c.unlocked():
    c.model.parts = dict(
        consistency=dict(augment='shift', real=10., fake=10.),
        latent_consistency=dict(d=5., g=0.5, std=0.05))
  return c
