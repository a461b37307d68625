"""Boundary-seeking GAN (Hjelm et al. 2018) on binarised MNIST.

G gives a logit a pixel; M = 20 samples a z, nets of InfoGAN, Adam(1e-4, 0.5),
z N(0, 1)^64, batch 64. The paper shows samples and gives no number. Needs
launch/prepare.py mnist.

  python launch/train.py --config configs/bs_gan_discrete_mnist.py \
      --workdir runs/bs_gan_discrete
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.5)
  c = config.base(
      'bs_gan_discrete', dict(name='mnist', size=28, range=(0., 1.)),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='dc28', width=64, fc=1024), samples=20, z=64,
                 prior='normal', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', range=(0., 1.))
    c.model.nets = dict(name='dc28', width=4, fc=8)
    c.model.samples = 2
  return c
