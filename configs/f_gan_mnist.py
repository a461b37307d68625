"""f-GAN (Nowozin et al. 2016) on MNIST: the published experiment.

G of 1200-1200 with BatchNorm and a sigmoid, weights from U(-0.05, 0.05), D of
240-240 with ELU; z U(0, 1)^100, Adam(2e-4, 0.5), batch 4096, an hour.
`:divergence=...`: its Parzen log-likelihoods are 416 +- 5.6 for kl, 319 +- 8.4
for reverse_kl, 429 +- 5.5 for pearson, 300 +- 8.3 for neyman, -708 +- 18 for
squared_hellinger, -2101 +- 30 for jeffrey, 367 +- 8.2 for js, 305 +- 9 for gan.
Needs launch/prepare.py mnist.

  python launch/train.py --config configs/f_gan_mnist.py --workdir runs/f_gan
"""

from gans_jax import config

PARZEN = dict(kl='416 +- 5.6', reverse_kl='319 +- 8.4', pearson='429 +- 5.5',
              neyman='300 +- 8.3', squared_hellinger='-708 +- 18',
              jeffrey='-2101 +- 30', js='367 +- 8.2', gan='305 +- 9')


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, divergence='kl')
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'f_gan', dict(name='mnist', size=28, range=(0., 1.)), steps=20_000,
      batch=4096,
      model=dict(nets=dict(name='f_gan'), divergence=dict(name=a.divergence),
                 alternative=False, together=True, z=100, prior='uniform01',
                 g_optim=adam, d_optim=adam))
  c.samples.n = 100
  number = PARZEN.get(a.divergence)
  c.reference = number and f'Parzen log-likelihood {number} on MNIST' or ''
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', range=(0., 1.))
    c.model.nets = dict(name='mlp', hidden=(16, 16), norm='batch')
  return c
