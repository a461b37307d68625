"""R3GAN (Huang et al. 2024) on CIFAR-10, with labels: as published.

G of 20.8 million parameters, D of 21.3, batch 512, 250 million pictures. gamma,
the probability of augmentations, the learning rate, Adam's b2 and the half-life
of the average of G's params go by half a cosine over 20 million pictures. It
reports an FID of 1.96 (50,000 samples, all of train). Needs launch/prepare.py
cifar10.

  python launch/train.py --config configs/r3gan_cifar10.py \
      --workdir runs/r3gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rounds = 20_000_000 // 512    # of the cosines
  to = lambda start, end: dict(start=start, end=end, steps=rounds)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=0.9, final_b2=0.99,
              b2_steps=rounds, decay=dict(name='cosine', steps=rounds,
                                          end=5e-5))
  c = config.base(
      'r3gan', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=250_000_000 // 512, batch=512,
      model=dict(nets=dict(name='r3gan', width=768, cardinality=96, bf16=3),
                 gamma=to(0.05, 0.005), p=to(0., 0.55),
                 augment=dict(blit=1., geom=1., color=0.5, cutout=1.),
                 conditional=True, z=64,
                 half_life=to(0., 5e6 / 512),
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 2000
  c.reference = 'FID 1.96'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='r3gan', width=8, cardinality=2, blocks=1, bf16=1)
  return c
