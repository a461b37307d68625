"""WGAN-GP (Gulrajani et al. 2017) on CIFAR-10: the published ResNet.

ResNets of width 128, penalty 10, 5 critic steps a round, Adam(2e-4, 0, 0.9)
linearly to 0 over 100,000 rounds, batch 64. It reports an Inception Score of
7.86 +- 0.07; Lucic et al. 2018 report FID 55.8 with the nets of InfoGAN.
Departures: the published code gives G twice the batch; ours the same.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/wgan_gp_cifar10.py --workdir runs/c
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)

  def adam(updates):
    return dict(name='adam', lr=2e-4, b1=0., b2=0.9,
                decay=dict(name='linear', steps=updates))

  c = config.base(
      'wgan_gp', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='resnet', width=128, d_width=128), z=128,
                 weight=10., points='interpolates', power=2, n_critic=5,
                 g_optim=adam(100_000), d_optim=adam(500_000)))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'Inception Score 7.86 +- 0.07'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=32)
    c.model.nets = dict(name='resnet', width=4, d_width=4)
  return c
