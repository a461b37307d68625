"""R3GAN (Huang et al. 2024) on ImageNet at 64 pixels: as published.

G of 103.6 million parameters, D of 107.2, batch 4096; on few devices
`--config.mesh.accumulate=8` takes the same steps in less memory. gamma, the
probability of augmentations, the learning rate, Adam's b2 and the half-life of
the average of G's params go by half a cosine over 200 million pictures. It
reports an FID of 2.09 (50,000 samples, all of train). Needs launch/prepare.py
imagenet_resized/64x64.

  python launch/train.py --config configs/r3gan_imagenet64.py \
      --workdir runs/r3gan
"""

from configs import r3gan_ffhq64


def get_config(arg=''):
  return r3gan_ffhq64.published(
      arg, dict(name='tfds', tfds_name='imagenet_resized/64x64', flip=True),
      batch=4096, falling=200_000_000,
      nets=dict(width=1536, cardinality=96, bf16=4), gamma=(1., 0.1), p=0.4,
      half_life=5e7, reference='FID 2.09', conditional=True)
