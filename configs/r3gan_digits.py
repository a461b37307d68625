"""R3GAN (Huang et al. 2024) on the 8x8 digits of scikit-learn.

Its nets with 32 channels in 4 groups and one block a stage, batch 64,
Adam(1e-3, 0) by half a cosine to a quarter, b2 from 0.9 to 0.99, gamma from 0.1
to 0.003, augmentations with probability up to 0.1. Judged by a classifier of
the real digits: how evenly it finds them and how sure it is. The bounds are
estimates of ours; the most even digits have a label entropy of 2.303. Three
seeds have 2.27 and a confidence of 0.862; with batches of 32 and gamma from 0.3
to 0.03 seed 0 has 2.280 and 0.835, from 0.1 to 0.01 2.272 and 0.833.

  python launch/train.py --config configs/r3gan_digits.py --workdir runs/r3gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 3000
  to = lambda start, end: dict(start=start, end=end, steps=steps)
  adam = dict(name='adam', lr=1e-3, b1=0., b2=0.9, final_b2=0.99,
              b2_steps=steps, decay=dict(name='cosine', steps=steps,
                                         end=2.5e-4))
  c = config.base(
      'r3gan', dict(name='digits'), steps=steps, batch=64,
      model=dict(nets=dict(name='r3gan', width=32, cardinality=4, blocks=1),
                 gamma=to(0.1, 0.003), p=to(0., 0.1),
                 augment=dict(blit=1., geom=1., color=0.5, cutout=1.),
                 conditional=False, z=32,
                 half_life=to(0., 200.),
                 g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=1000, n=2000)),
      accept=dict(
          even=dict(metric='classifier/label_entropy', min=2.1),
          sure=dict(metric='classifier/confidence', min=0.85)))
  c.rounds, c.log.every = 20, 100
  c.checkpoint.every, c.samples.every, c.samples.n = 500, 500, 100
  if a.tiny:
    config.shrink(c, steps=4, n=20)
    c.model.nets = dict(name='r3gan', width=4, cardinality=2, blocks=1)
  return c
