"""AdaGAN (Tolstikhin et al. 2017) on Gaussians anywhere in a square.

The toy of the paper, section 4.1, at the constants of the authors'
adagan_gmm.py: 3 modes in [-15, 15]^2 (`:modes=10`, the paper has up to 10),
64,000 points, ten components of 15 epochs each and 5 of the classifier between
them, batch 64. G and D of 2 x 16 begin as N(0, 0.8^2), z of 5 dimensions; SGD
at 0.01 for G, 0.004 for D, 0.008 for the classifier. `:bagging` is the
baseline. Their figure 3 has a coverage near 1 after 5 to 10 components.

Departures: the authors' script unrolls D, which its GAN in the paper does not;
D has leaky ReLUs.

  python launch/train.py --config configs/adagan_gmm.py --workdir runs/adagan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, modes=3, bagging=False,
                       weighting='star')
  sgd = lambda lr: dict(name='sgd', lr=lr)
  c = config.base(
      'adagan', dict(name='scattered', modes=a.modes), steps=10 * 20_000 - 5000,
      batch=64,
      model=dict(nets=dict(name='mlp', hidden=(16, 16), std=0.8), z=5,
                 components=10, train=15_000, classify=5000,
                 weighting='uniform' if a.bagging else a.weighting,
                 objective='non_saturating', g_optim=sgd(1e-2),
                 d_optim=sgd(4e-3), c_optim=sgd(8e-3)),
      evals=dict(modes=dict(every=20_000, n=2500)))
  c.reference = 'coverage near 1 with 5 to 10 components (figure 3)'
  config.pace_points(c, False, rounds=500, every=20_000)
  if a.tiny:
    config.shrink(c, steps=18, batch=16, rounds=2, n=32,
                  evals=dict(modes=dict(every=0, n=100)))
    c.data = dict(c.data, n=64)
    c.model.update(components=3, train=4, classify=3)
    c.model.nets.hidden = (8,)
  return c
