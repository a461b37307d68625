"""AdaGAN (Tolstikhin et al. 2017) on three digits in RGB, 1000 modes.

Section 4.2 and the authors' adagan_mnist3.py: 160,000 triples, ten DCGANs of 20
epochs, 5 of the classifier between them, batch 128, z of 30 dimensions, Adam at
1e-3 for G, 5e-4 for D, 8e-4 for the classifier, b1 = 0.5. `:bagging` is the
baseline. There AdaGAN has more of the modes than one GAN, the best of several
or an ensemble.

Departures: dcgan28's nets at a quarter of their width, near the authors' 16
filters; digits of mnist5k, stacked in channels where theirs are side by side;
16,384 triples at once are weighted, not all.

  python launch/train.py --config configs/adagan_mnist3.py --workdir runs/adagan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, bagging=False, weighting='star')
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  c = config.base(
      'adagan', dict(name='stacked_mnist', n=160_000),
      steps=10 * 31_250 - 6250, batch=128,
      model=dict(nets=dict(name='dcgan28', width=16, fc=256), z=30,
                 components=10, train=25_000, classify=6250, held=16_384,
                 weighting='uniform' if a.bagging else a.weighting,
                 g_optim=adam(1e-3), d_optim=adam(5e-4), c_optim=adam(8e-4)),
      evals=dict(stacked_modes=dict(every=31_250, n=25_600)))
  c.reference = 'more of the modes than a GAN, the best of several or a bag'
  c.rounds = c.log.every = 250
  c.checkpoint.every = c.samples.every = 6250
  if a.tiny:
    config.shrink(c, steps=18, batch=16, rounds=2, n=32)
    c.data = dict(c.data, n=64)
    c.model.update(components=3, train=4, classify=3)
    c.model.nets.update(width=4, fc=8)
  return c
