"""R3GAN (Huang et al. 2024) on FFHQ at 256 pixels: as published.

G of 23.1 million parameters, D of 23.0, batch 256. gamma, the probability of
augmentations, the learning rate, Adam's b2 and the half-life of the average of
G's params go by half a cosine over 20 million pictures. It reports an FID of
2.75 (50,000 samples, all of the data). The data is a folder of faces, of any
size:

  python launch/train.py --config configs/r3gan_ffhq256.py \
      --workdir runs/r3gan --config.data.path=/data/ffhq
"""

from configs import r3gan_ffhq64


def get_config(arg=''):
  return r3gan_ffhq64.published(
      arg, dict(name='folder', path='ffhq', size=256, flip=True), batch=256,
      falling=20_000_000,
      nets=dict(width=(768,) * 4 + (384, 192, 96),
                cardinality=(96,) * 4 + (48, 24, 12), bf16=4),
      gamma=(150., 15.), p=0.3, half_life=5e5, reference='FID 2.75')
