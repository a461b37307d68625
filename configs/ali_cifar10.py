"""ALI (Dumoulin et al. 2017) on CIFAR-10: as published.

Codes N(0, I) of 64 dimensions, convolutions without padding, D of maxout layers
with dropout; Adam(1e-4, 0.5), batch 100, 6475 epochs. The paper trains a
classifier on E's features: with 4,000 labels an error of 17.99 +- 1.62 %, with
1,000 labels 19.98 +- 0.89 %. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/ali_cifar10.py --workdir runs/ali
  python launch/eval.py --workdir runs/ali \
      --metrics=reconstruction,linear_probe:of=e
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.5)
  c = config.base(
      'ali', dict(name='tfds', tfds_name='cifar10', range=(0., 1.)),
      steps=6475 * 500, batch=100,
      model=dict(nets=dict(name='ali', width=32, dtype='float32'),
                 encoder=dict(name='gaussian', scale='exp'), z=64,
                 prior='normal', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.samples.n = 100
  c.reference = ('error 17.99 +- 1.62 % with 4,000 labels, 19.98 +- 0.89 % '
                 'with 1,000, a classifier on features of E')
  if a.tiny:
    config.shrink(c, n=20)
    c.data = dict(name='digits', size=32, range=(0., 1.))
    c.model.nets.width, c.model.z = 2, 4
  return c
