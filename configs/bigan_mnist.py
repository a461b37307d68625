"""BiGAN (Donahue et al. 2017) on permutation-invariant MNIST: as published.

Codes uniform in [-1, 1] of 50 dimensions, dense nets of two layers of 1024,
BatchNorm without gains and biases; Adam(2e-4, 0.5), batch 128, weight decay
2.5e-5, 200 epochs and 200 more while the rate falls exponentially to 1 %. The
paper reports 97.39 % for 1-NN on E(x). `:regressor` is its latent regressor
(97.44 %), `:joint_regressor` that whose loss G sees, too (97.13 %). Needs
launch/prepare.py mnist. Batch statistics for an evaluation are found anew with
the last params by --statistics=standing.

  python launch/train.py --config configs/bigan_mnist.py --workdir runs/bigan
"""

from gans_jax import config

EPOCH = 60_000 // 128


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, regressor=False, joint_regressor=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5, weight_decay=2.5e-5,
              decay=dict(name='exponential', start=200 * EPOCH,
                         rate=.01 ** (1 / (200 * EPOCH))))
  c = config.base(
      'bigan', dict(name='mnist', range=(0., 1.)), steps=400 * EPOCH,
      batch=128,
      model=dict(nets=dict(name='bigan', width=1024), z=50, prior='uniform',
                 regressor=None, g_optim=adam, d_optim=adam),
      evals=dict(reconstruction=dict(every=25 * EPOCH),
                 knn=dict(every=25 * EPOCH)))
  c.rounds = 2
  c.checkpoint.every = c.samples.every = 25 * EPOCH
  c.samples.n = 100
  c.reference = '1-NN on E(x) 97.39 %'
  if a.regressor or a.joint_regressor:
    c.model.regressor = dict(weight=1.,
                             g_weight=.25 if a.joint_regressor else 0.)
    c.reference = ('1-NN on E(x) 97.13 %' if a.joint_regressor
                   else '1-NN on E(x) 97.44 %')
  if a.tiny:
    config.shrink(c, batch=16, n=20)
    c.data = dict(name='digits', range=(0., 1.))
    c.model.nets.width = 8
  return c
