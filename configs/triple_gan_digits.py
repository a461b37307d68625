"""Triple-GAN (Li et al. 2017; C of Salimans et al. 2016) on 8x8 digits.

scikit-learn's digits with 100 labels, 10 a class, in batches of their own: G
32 - 128 - 128 - 64 and D 64 - 128 - 128 - 1 with a one-hot label, C the noisy
MLP of Improved GAN at 256, 128 and 64 units, which learns from G's samples
after 1,000 rounds; Adam(1e-3, 0.5), batch 128. Judged by C's error on 500
held-out digits (with these labels alone logistic regression has 9.9 +- 1.2 %
and a nearest neighbour 9.1 +- 1.7 % over draws of the labels) and by the share
of samples that a classifier labels as asked for.

Half of D's true pairs are C's (`believed`): with labelled ones alone, of which
there are 100, D knows them by heart, takes all else for wrong, and C, punished
for what it believes, is at 43 % error.

  python launch/train.py --config configs/triple_gan_digits.py \
      --workdir runs/triple_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=100, label_seed=0)
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=1500, steps=3000, end=1e-5))
  c = config.base(
      'triple_gan', dict(name='digits', labelled=a.labels,
                         label_seed=a.label_seed, beside=True),
      steps=3000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)),
                 c_nets=dict(name='improved', d_hidden=(256, 128, 64),
                             input_noise=0.3, noise=0.5),
                 share=0.5, believed=0.5, pseudo=0.1, start=1000, sure=0.3,
                 used=1e-3, z=32, prior='uniform01', g_optim=adam,
                 d_optim=adam, c_optim=adam),
      evals=dict(classification_error=dict(every=1000),
                 classifier=dict(every=1000, n=2000)),
      accept=dict(
          error=dict(metric='classification_error/error', max=0.08),
          agree=dict(metric='classifier/cls_agree', min=0.85)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20,
                  evals=dict(classification_error=dict(every=0)))
    c.model.nets.hidden, c.model.c_nets.d_hidden = (16, 16), (16, 8)
    c.model.start = 4
  return c
