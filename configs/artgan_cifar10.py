"""ArtGAN (Tan et al. 2018) on CIFAR-10: as the published code.

The improved form with magnified pictures: G makes 64 pixels and shrinks them,
D is nine convolutions and a decoder; batch 100, Adam(2e-4, 0.5), a tenth of it
after 30,000 of 70,000 rounds; 1, 3 or 5 steps of G. It reports an Inception
Score of 8.81 +- 0.14. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/artgan_cifar10.py \
      --workdir runs/artgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5, decay=dict(
      name='linear', start=30_000, steps=30_001, end=2e-5))
  c = config.base(
      'artgan', dict(name='tfds', tfds_name='cifar10'), steps=70_000,
      batch=100,
      model=dict(nets=dict(name='artgan', magnified=True), form='lse',
                 weight=1., adaptive=True, z=100, prior='uniform',
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'Inception Score 8.81 +- 0.14 (magnified)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='artgan', width=8, d_width=4, code=16)
  return c
