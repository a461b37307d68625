"""Variational discriminator bottleneck (Peng et al. 2019) on CIFAR-10.

The ResNets of Mescheder et al. 2018 with 32 to 256 channels, a code of 256
dimensions, I_c = 0.1 nats, beta from 0.1 by steps of 1e-5, z N(0, 1)^256,
RMSProp of 1e-4, batch 64, 1,000 epochs, an average of G's params of 0.999. The
paper reports an FID of 24.8 (63.6 without the bottleneck), of 10,000 samples.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/vib_gan_cifar10.py --workdir runs/vib
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=1e-4)
  c = config.base(
      'vib_gan', dict(name='tfds', tfds_name='cifar10', size=32),
      steps=1000 * (50_000 // 64), batch=64,
      model=dict(nets=dict(name='mescheder', width=32, widest=256),
                 latent=256, information_limit=0.1, rate=1e-5, beta=0.1,
                 z=256, prior='normal', g_optim=rmsprop, d_optim=rmsprop,
                 ema=0.999))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'FID 24.8, 10k samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='mescheder', width=4, widest=8)
    c.model.latent = 4
  return c
