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

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rounds = 200_000_000 // 4096    # of the cosines
  to = lambda start, end: dict(start=start, end=end, steps=rounds)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=0.9, final_b2=0.99,
              b2_steps=rounds, decay=dict(name='cosine', steps=rounds,
                                          end=5e-5))
  c = config.base(
      'r3gan', dict(name='tfds', tfds_name='imagenet_resized/64x64',
                    flip=True),
      steps=1_000_000_000 // 4096, batch=4096,
      model=dict(nets=dict(name='r3gan', width=1536, cardinality=96, bf16=4),
                 gamma=to(1., 0.1), p=to(0., 0.4),
                 augment=dict(blit=1., geom=1., color=0.5, cutout=1.),
                 conditional=True, z=64,
                 half_life=to(0., 5e7 / 4096),
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 1000
  c.reference = 'FID 2.09'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='r3gan', width=8, cardinality=2, blocks=1, bf16=1)
  return c
