"""InfoGAN (Chen et al. 2016) on MNIST: the published experiment.

The nets of its appendix C.1, Q a dense layer of 128 on D's features; a category
of 10, two numbers U(-1, 1), noise U(-1, 1)^62. Adam(0.5), 2e-4 for D and 1e-3
for G, batch 128, 50 x 100 rounds; lambda 1, the paper's for the category, and
that of the published code for all. The category sorts test digits with an error
of 5 %, one number turns and the other widens digits, L_I of the category
reaches log 10. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/infogan_mnist.py --workdir runs/info
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  number = dict(kind='uniform', std=1., weight=1.)
  c = config.base(
      'infogan', dict(name='mnist', range=(0., 1.)), steps=5000, batch=128,
      model=dict(nets=dict(name='dc28', width=64, fc=1024),
                 codes=dict(category=dict(kind='categorical', k=10, weight=1.),
                            c2=number, c3=number),
                 q=dict(hidden=(128,), norm='batch'), z=62, prior='uniform',
                 g_optim=adam(1e-3), d_optim=adam(2e-4)),
      evals=dict(code_clusters=dict(every=1000),
                 code_moments=dict(every=1000, n=100),
                 classifier=dict(every=0, n=10_000)))
  c.samples.n = 100
  c.reference = 'category as a classifier: 5 % test error; L_I = log 10'
  if a.tiny:
    config.shrink(c, n=20, evals=dict(code_clusters=dict(every=0, n=64),
                                      code_moments=dict(every=0, n=8)))
    c.data = dict(name='digits', range=(0., 1.))
    c.model.nets.width, c.model.nets.fc, c.model.z = 4, 32, 4
    c.model.q.hidden = (8,)
  return c
