"""CC-GAN (Denton et al. 2016; D of Salimans et al. 2016) on 8x8 digits.

Holes of 4x4 pixels, a quarter of the picture, form cc2; 100 labels, 10 a class,
in batches of their own. G sees the rest of the picture through 128 and 128
units, D is the noisy MLP of Improved GAN at 256, 128 and 64 units; Adam(1e-3,
0.5), batch 128. Judged by the share of filled pictures that a classifier still
labels as what they were, and by D's error on 500 held-out digits: with these
labels alone logistic regression has 9.9 +- 1.2 % and a nearest neighbour
9.1 +- 1.7 % over draws of the labels.

  python launch/train.py --config configs/ccgan_digits.py --workdir runs/ccgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=100, label_seed=0, form='cc2')
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=1500, steps=3000, end=1e-5))
  c = config.base(
      'ccgan', dict(name='digits', labelled=a.labels, label_seed=a.label_seed,
                    beside=True),
      steps=3000, batch=128,
      model=dict(nets=dict(name='ccgan_mlp', hidden=(128, 128),
                           d_hidden=(256, 128, 64), input_noise=0.3,
                           noise=0.5),
                 form=a.form, hole=4, low=0, weight=1., z=16, prior='uniform',
                 g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=1000, n=1297),
                 classification_error=dict(every=1000)),
      accept=dict(
          agree=dict(metric='classifier/cls_agree', min=0.9),
          error=dict(metric='classification_error/error', max=0.095)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20,
                  evals=dict(classification_error=dict(every=0)))
    c.model.nets.update(hidden=(16,), d_hidden=(16, 8))
  return c
