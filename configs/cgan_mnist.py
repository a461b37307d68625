"""Conditional GAN (Mirza & Osindero 2014) on MNIST: the published experiment.

z U(0, 1)^100 to 200 ReLU and y to 1000 ReLU, joined in 1200 ReLU; D of maxout
layers, 240 x 5 for x, 50 x 5 for y, 240 x 4 joint; dropout 0.5; SGD from 0.1
divided by 1.00004 an update to 1e-6, momentum 0.5 to 0.7, batch 100. It reports
a Parzen-window log-likelihood of 132 +- 1.8. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/cgan_mnist.py --workdir runs/cgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  sgd = dict(name='sgd', lr=0.1, momentum=0.5, final_momentum=0.7,
             momentum_steps=250 * 500,
             decay=dict(name='exponential', rate=1 / 1.00004, end=1e-6))
  c = config.base(
      'cgan', dict(name='mnist', range=(0., 1.)), steps=400 * 500, batch=100,
      model=dict(nets=dict(name='cgan'), z=100, prior='uniform01',
                 g_optim=sgd, d_optim=sgd),
      evals=dict(classifier=dict(every=0, n=10_000)))
  c.samples.n = 100
  c.reference = 'Parzen log-likelihood 132 +- 1.8 on MNIST'
  if a.tiny:
    config.shrink(c, n=20)
    c.data = dict(name='digits', range=(0., 1.))
  return c
