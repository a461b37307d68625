"""CC-GAN (Denton et al. 2016; D of Salimans et al. 2016) on 8x8 digits.

Holes of 4x4 pixels, a quarter of the picture, form cc2; 100 labels, 10 a class,
in batches of their own. G sees the rest of the picture through 256 and 256
units, D is the MLP of Improved GAN at 256, 128 and 64 units with less noise, .1
and .3 (with its .3 and .5 fillings were vague: 0.82 agreed); Adam(1e-3, 0.5),
batch 128. Judged by the share of filled pictures that a classifier still
labels as what they were (0.94 of those filled by the nearest other digit), and
by D's error on 500 held-out digits: with these labels alone logistic regression
has 9.9 +- 1.2 % and a nearest neighbour 9.1 +- 1.7 % over draws of the labels.

  python launch/train.py --config configs/ccgan_digits.py --workdir runs/ccgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=100, label_seed=0, form='cc2')
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=3000, steps=5000, end=1e-5))
  c = config.base(
      'ccgan', dict(name='digits', labelled=a.labels, label_seed=a.label_seed,
                    beside=True),
      steps=5000, batch=128,
      model=dict(nets=dict(name='ccgan_mlp', hidden=(256, 256),
                           d_hidden=(256, 128, 64), input_noise=0.1,
                           noise=0.3),
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
