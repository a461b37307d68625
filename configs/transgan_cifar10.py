"""TransGAN (Jiang et al. 2021) on CIFAR-10: as published.

G: 8x8 tokens of 1024 channels, 5, 4 and 2 blocks at 8, 16 and 32 pixels, 83.3
million parameters; D: patches of 2 and 4 pixels, 288 and 96 channels, 3 blocks
each, 10.2 million. WGAN-GP with a drift term, 4 steps of D a round,
DiffAugment, Adam(1e-4, 0, 0.99), batch 64, 500,000 rounds. It reports an
Inception Score of 9.02 +- 0.12 and an FID of 9.26. Departures: G's batch is
D's, where the code has 128. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/transgan_cifar10.py \
      --workdir runs/transgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0., b2=0.99, max_norm=5.)
  c = config.base(
      'transgan', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=500_000, batch=64,
      model=dict(nets=dict(name='transgan', width=1024, depths=(5, 4, 2),
                           d_widths=(288, 96), d_depths=(3, 3)),
                 augment=dict(policy='translation,cutout,color', translate=0.2,
                              chance=0.3),
                 weight=10., phi=1., drift=1e-3, n_critic=4, z=256,
                 half_life=7812.5, warmup=0.1, g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'Inception Score 9.02 +- 0.12, FID 9.26'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=8)
    c.model.nets.update(width=64, depths=(1, 1, 1), d_widths=(12, 4),
                        d_depths=(1, 1))
  return c
