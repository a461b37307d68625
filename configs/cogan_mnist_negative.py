"""CoGAN (Liu & Tuzel 2016) on MNIST and digits in negative: as published.

Half of MNIST as it is, the other half as their negatives. The authors' nets;
z N(0, 1)^100, Adam(2e-4, 0.5) with an L2 penalty of 5e-4, batch 64, 25,000
rounds. The paper reports that G_b's pictures and what domain b makes of G_a's
agree in a share of pixels of .967, against .778 of a conditional GAN that is
given G_a's pictures. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/cogan_mnist_negative.py \
      --workdir runs/cogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5, weight_decay=5e-4)
  c = config.base(
      'cogan', dict(name='mnist', size=28, range=(0., 1.), domains='negative'),
      steps=25_000, batch=64,
      model=dict(nets=dict(name='cogan', widths=(1024, 512, 256, 128)), z=100,
                 prior='normal', g_optim=adam, d_optim=adam),
      evals=dict(coupling=dict(every=5000, n=10_000)))
  c.checkpoint.every = c.samples.every = 1000
  c.samples.n = 32
  c.reference = 'pixel agreement 0.967'
  if a.tiny:
    config.shrink(c, n=8)
    c.data.name = 'digits'
    c.model.nets.widths = (8, 8, 4, 4)
  return c
