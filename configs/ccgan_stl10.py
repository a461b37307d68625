"""CC-GAN^2 (Denton et al. 2016) on STL-10, at 64 pixels with 1,000 labels.

D is VGG-A with BatchNorm and a dense layer of 1,024 in place of two of 4,096, G
four halvings and doublings of 64 to 512 channels, holes of 32 pixels, a quarter
of the picture; Adam(2e-4, 0.5), batch 64. The paper reports an accuracy of
77.8 % (73.8 for its GAN without context) with 1,000 labels a fold beside
100,000 pictures without; here the others are the rest of the 5,000 labelled
ones, as a source is one split. Sizes and widths are ours, as far as not named
above. Needs launch/prepare.py stl10.

  python launch/train.py --config configs/ccgan_stl10.py --workdir runs/ccgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, label_seed=0)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'ccgan', dict(name='tfds', tfds_name='stl10', size=64, flip=True,
                    labelled=1000, label_seed=a.label_seed, beside=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='ccgan'), form='cc2', hole=32, low=0,
                 weight=1., z=100, prior='uniform', g_optim=adam,
                 d_optim=adam),
      evals=dict(classification_error=dict(every=10_000)))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = ('accuracy 77.8 % (1,000 labels a fold, 100,000 pictures '
                 'without)')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', labelled=20, beside=True)
    c.model.nets = dict(name='ccgan', widths=(4, 8), d_groups=((4,), (8,)),
                        fc=8)
    c.model.hole = 4
  return c
