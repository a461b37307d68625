"""VEEGAN (Srivastava et al. 2017) on CIFAR-10: the published experiment.

DCGAN nets, z N(0, 1)^100, Adam(2e-4, 0.5), batch 64, 50 epochs; the noise of F
as in veegan_stacked_mnist. The paper shows samples.
Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/veegan_cifar10.py --workdir runs/vee
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  epoch = 50_000 // 64
  c = config.base(
      'veegan', dict(name='tfds', tfds_name='cifar10', size=32, flip=True),
      steps=50 * epoch, batch=64,
      model=dict(nets=dict(name='dcgan', width=128, d_width=64), std=0.1,
                 z=100, prior='normal', g_optim=adam, d_optim=adam,
                 f_optim=adam))
  c.checkpoint.every = c.samples.every = 5 * epoch
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
  return c
