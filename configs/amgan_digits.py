"""AM-GAN (Zhou et al. 2018) on the 8x8 digits of scikit-learn.

Predefined labelling: each fake is to become the digit that G was asked for.
G 32 - 128 - 128 - 64, D 64 - 128 - 128 - 11, Adam(5e-4, 0.5), batch 128. Judged
by a classifier of real digits: whether it is sure of samples, and finds all
digits among them.

`:target=argmax` is dynamic labelling: G sees no labels, and a fake is to become
the digit that it resembles most. With these nets, which lack the dropout and
the convolutions of the paper's, it loses digits: an entropy of 1.97, 1.68 and 0
nats over three seeds, of 2.30, and a confidence of .96.

  python launch/train.py --config configs/amgan_digits.py --workdir runs/amgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, target='given')
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  c = config.base(
      'amgan', dict(name='digits'), steps=6000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), target=a.target,
                 z=32, prior='normal', g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=2000, n=2000)),
      accept=dict(
          confidence=dict(metric='classifier/confidence', min=0.9),
          entropy=dict(metric='classifier/label_entropy', min=2.2)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2000, 2000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16, 16)
  return c
