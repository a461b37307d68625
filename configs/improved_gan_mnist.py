"""Improved GAN (Salimans et al. 2016), semi-supervised: the MNIST experiment.

100 labels, the nets of the published code: G 100 - 500 - 500 - 784 softplus and
BatchNorm, D 784 - 1000 - 500 - 250 - 250 - 250 - 10 with noise and weight
normalisation, feature matching, Adam(3e-3, 0.5), 100 labelled and 100 other
digits a batch, 300 epochs. It reports 93 +- 6.5 errors of 10,000 (0.93 %).
Needs launch/prepare.py mnist.

  python launch/train.py --config configs/improved_gan_mnist.py \
      --workdir runs/improved_gan_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=3e-3, b1=0.5)
  c = config.base(
      'improved_gan', dict(name='mnist', range=(0., 1.), labelled=100,
                           beside=True),
      steps=300 * 600, batch=100,
      model=dict(nets=dict(name='improved'), g_loss='feature_matching',
                 weight=1., z=100, prior='uniform01', g_optim=adam,
                 d_optim=adam),
      evals=dict(classification_error=dict(every=6000)))
  c.rounds, c.samples.n, c.samples.every = 10, 100, 6000
  c.checkpoint.every = 6000
  c.reference = '93 +- 6.5 errors of 10,000 with 100 labels'
  if a.tiny:
    config.shrink(c, batch=16, n=20)
    c.data = dict(name='digits', range=(0., 1.), labelled=20,
                  beside=True)
    c.model.nets = dict(name='improved', hidden=(16,), d_hidden=(16, 8))
  return c
