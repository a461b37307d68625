"""CoGAN (Liu & Tuzel 2016): MNIST's labels for digits of USPS, as published.

A classifier on D's features learns MNIST's labels, and is tried on USPS, of
which no label is seen. The authors' nets, weights (10 of the classifier, .01 of
the features), and split: 7,438 pictures of USPS to train, 1,860 to test; z
N(0, 1)^100, Adam(2e-4, 0.5) with an L2 penalty of 5e-4, batch 64, 10,000
rounds. The paper reports an accuracy of .912 from MNIST to USPS, of .891 the
other way.
Needs launch/prepare.py mnist, and USPS as folders usps/train and usps/test with
a folder of 16 x 16 pictures for each digit.

  python launch/train.py --config configs/cogan_mnist_usps.py \
      --workdir runs/usps --config.data.domains.path=/data/usps
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5, weight_decay=5e-4)
  usps = dict(name='folder', path='usps', size=28, channels=1,
              range=(0., 1.))
  c = config.base(
      'cogan', dict(name='mnist', size=28, range=(0., 1.), labels=True,
                    domains=usps),
      steps=10_000, batch=64,
      model=dict(nets=dict(name='cogan', widths=(1024, 512, 256, 128)),
                 class_weight=10., match=0.01, z=100, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(adaptation=dict(every=1000),
                 coupling=dict(every=5000, n=10_000)))
  c.checkpoint.every = c.samples.every = 1000
  c.samples.n = 32
  c.reference = 'accuracy on USPS .912'
  if a.tiny:
    config.shrink(c, n=8)
    c.data = dict(name='digits', size=28, range=(0., 1.), labels=True,
                  domains='negative')
    c.model.nets.widths = (8, 8, 4, 4)
  return c
