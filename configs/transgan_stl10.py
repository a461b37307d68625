"""TransGAN (Jiang et al. 2021) on STL-10 at 48 pixels: as published.

G: 12x12 tokens of 1024 channels, 7, 5 and 3 blocks, 168.5 million parameters;
D as on CIFAR-10; pixel norm in both; 5 steps of D a round, Adam(1e-4, 0, 0.99),
batch 32, 500,000 rounds. It reports an Inception Score of 10.43 and an FID of
18.28. Departures: boxes of cutout are half a side, where the code draws sides
of 20 to 44 pixels a batch; G's batch is D's, where the code has 64. Needs
launch/prepare.py stl10.

  python launch/train.py --config configs/transgan_stl10.py \
      --workdir runs/transgan_stl
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0., b2=0.99, max_norm=5.)
  c = config.base(
      'transgan', dict(name='tfds', tfds_name='stl10', split='unlabelled',
                       size=48, flip=True),
      steps=500_000, batch=32,
      model=dict(nets=dict(name='transgan', width=1024, depths=(7, 5, 3),
                           norm='pixel', d_widths=(288, 96), d_depths=(3, 3),
                           d_norm='pixel'),
                 augment=dict(policy='translation,cutout,color', translate=0.2,
                              chance=0.3),
                 weight=10., phi=1., drift=1e-3, n_critic=5, z=512,
                 half_life=15_625., warmup=0.05, g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'Inception Score 10.43, FID 18.28'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=12)
    c.model.nets.update(width=64, depths=(1, 1, 1), d_widths=(12, 4),
                        d_depths=(1, 1))
  return c
