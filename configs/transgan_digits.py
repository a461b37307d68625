"""TransGAN (Jiang et al. 2021) on the 8x8 digits of scikit-learn.

G: 4x4 tokens of 64 channels, one block, pixel shuffle to 8x8 of 16, one block;
D: patches of 2 and of 4 pixels, 48 and 16 channels, one block each, and the
last; two steps of D a round, translation by a pixel and colours. Adam(1e-3, 0,
0.99), batch 32. Judged by the entropy of the labels that a classifier gives to
samples, and by how sure it is.

  python launch/train.py --config configs/transgan_digits.py \
      --workdir runs/transgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0., b2=0.99, max_norm=5.)
  c = config.base(
      'transgan', dict(name='digits'), steps=600, batch=32,
      model=dict(nets=dict(name='transgan', width=64, depths=(1, 1), heads=4,
                           d_widths=(48, 16), d_depths=(1, 1), patch=2),
                 augment=dict(policy='translation,color', translate=0.125),
                 phi=1., drift=1e-3, n_critic=2, z=32, prior='normal',
                 half_life=100., warmup=0.1, g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=200, n=2000)),
      accept=dict(
          entropy=dict(metric='classifier/label_entropy', min=1.6),
          confidence=dict(metric='classifier/confidence', min=0.6)))
  c.rounds, c.log.every = 50, 50
  c.checkpoint.every, c.samples.every, c.samples.n = 200, 200, 100
  if a.tiny:
    config.shrink(c, steps=4, n=20)
    c.model.nets.update(width=16, depths=(1, 0), d_widths=(12, 4),
                        d_depths=(0, 1))
  return c
