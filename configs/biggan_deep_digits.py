"""BigGAN-deep (Brock et al. 2019) on the 8x8 digits of scikit-learn, by label.

Nets of 4 x 8 channels, a quarter of them inside the blocks, z of 32 and a
shared embedding of 32 at every BatchNorm, attention at 8 pixels, one step of D
a round, Adam(0, 0.999) of 5e-4 for G and 2e-3 for D, batch 64. Judged as
biggan_digits.

  python launch/train.py --config configs/biggan_deep_digits.py \
      --workdir runs/biggan_deep
"""

from configs import biggan_digits


def get_config(arg=''):
  return biggan_digits.get_config(arg, system='biggan_deep', width=8)
