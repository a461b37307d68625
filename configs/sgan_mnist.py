"""SGAN (Odena 2016, after Radford et al. 2016) on MNIST with few labels.

The DCGAN nets for 28 pixels, K + 1 logits, Adam(2e-4, 0.5), half of what D sees
of real digits with labels, half without, batch 64 each. It reports an accuracy
of 96.4 % with 1,000 labels, 92.8 with 100, 88.3 with 50, 80.2 with 25, against
96.5, 89.5, 85.9 and 75.0 of its D trained alone. Here `:labels=100` of as many
a class. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/sgan_mnist.py:labels=100 \
      --workdir runs/sgan_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=100, form='joint')
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'sgan', dict(name='mnist', labelled=a.labels, beside=True),
      steps=25 * 937, batch=64,
      model=dict(nets=dict(name='dcgan28'), form=a.form, z=100,
                 prior='uniform', g_optim=adam, d_optim=adam),
      evals=dict(classification_error=dict(every=2000)))
  c.rounds, c.samples.n, c.samples.every = 10, 100, 2000
  c.checkpoint.every = 2000
  c.reference = ('accuracy 96.4 % with 1,000 labels, 92.8 % with 100, 88.3 % '
                 'with 50, 80.2 % with 25')
  if a.tiny:
    config.shrink(c, n=20, evals=dict(classification_error=dict(every=0)))
    c.data = dict(name='digits', labelled=20, beside=True)
    c.model.nets = dict(name='dcgan28', width=4, fc=16)
  return c
