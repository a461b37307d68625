"""Bayesian GAN (Saatci & Wilson 2017) with 100 labels, on 8x8 digits.

scikit-learn's digits, 10 labels a class, in batches of their own. Four
generators and two discriminators, MLPs of 2 x 128 with a logit a class, batch
64: Adam(1e-3, 0.5) for 2000 rounds, then 1000 of SGHMC; features are matched.
What D's of the last ten times say is averaged, and judged on 500 held-out
digits. With these labels alone logistic regression has 9.9 +- 1.2 % and a
nearest neighbour 9.1 +- 1.7 % over draws of the labels.

  python launch/train.py --config configs/bayesian_gan_digits.py \
      --workdir runs/bayesian_digits
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=100, label_seed=0, lr=1e-3,
                       burn_in=2000, matching=1.)
  chain = dict(name='sghmc', lr=a.lr, alpha=0.1, burn_in=a.burn_in,
               burn_lr=1e-3)
  c = config.base(
      'bayesian_gan', dict(name='digits', labelled=a.labels, beside=True,
                           label_seed=a.label_seed), steps=3000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z=32,
                 prior='normal', generators=4, discriminators=2, chains=1,
                 labels=True, matching=a.matching, banked=10, every=100,
                 start=a.burn_in, g_optim=chain, d_optim=chain),
      evals=dict(classification_error=dict(every=1000)),
      accept=dict(error=dict(metric='classification_error/error', max=0.09)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20,
                  evals=dict(classification_error=dict(every=0)))
    c.model.nets.hidden = (8,)
    c.model.update(banked=2, every=2, start=2)
  return c
