"""CatGAN (Springenberg 2016; nets of Salimans et al. 2016) on MNIST.

100 labels in batches of their own, weight 1, batch 100, Adam(2e-4, 0.5). The
paper reports an error of 1.91 +- 0.1 % by dense layers and 1.39 +- 0.28 % by
convolutions with 100 labels, and 4.27 % by convolutions without any, each code
read as its commonest label. The nets here are those of Improved GAN's published
code (D 1000 - 500 - 250 - 250 - 250 - 10 with noise, G 500 - 500), a choice of
ours. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/catgan_mnist.py \
      --workdir runs/catgan_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'catgan', dict(name='mnist', range=(0., 1.), labelled=100, beside=True),
      steps=300 * 600, batch=100,
      model=dict(nets=dict(name='improved'), categories=0, weight=1., z=100,
                 prior='uniform01', g_optim=adam, d_optim=adam),
      evals=dict(classification_error=dict(every=6000)))
  c.rounds, c.samples.n, c.samples.every = 10, 100, 6000
  c.checkpoint.every = 6000
  c.reference = ('error 1.91 +- 0.1 % with 100 labels (dense layers), '
                 '1.39 +- 0.28 % (convolutions)')
  if a.tiny:
    config.shrink(c, batch=16, n=20)
    c.data = dict(name='digits', range=(0., 1.), labelled=20, beside=True)
    c.model.nets = dict(name='improved', hidden=(16,), d_hidden=(16, 8))
  return c
