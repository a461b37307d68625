"""b-GAN (Uehara et al. 2016) on CIFAR-10: the published experiment.

DCGAN nets, Adam(5e-5, 0.5), z N(0, 1)^100, batch 64, Pearson's f and the
relative ratio of p to the mean of p and q, which the paper found steadier. It
shows samples and gives no number. `:surrogate=direct` is G's printed loss.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/b_gan_cifar10.py --workdir runs/b_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, surrogate='variational')
  adam = dict(name='adam', lr=5e-5, b1=0.5)
  c = config.base(
      'b_gan', dict(name='tfds', tfds_name='cifar10', size=32, flip=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='dcgan', width=128, d_width=64), f='pearson',
                 surrogate=a.surrogate, relative=0.5, z=100, prior='normal',
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
