"""SS-GAN (Chen et al. 2019) on the 8x8 digits 2, 3, 4, 5 and 7.

Dense nets, D's spectrally normalised, hinge losses, Adam(1e-3, 0, 0.9), batch
64. 0, 1 and 8 look alike upside down, and 6 is a 9, so these are left out.
Judged by how often the head tells the turn of held-out digits and of fakes, and
by the entropy of a classifier's labels (log 5 = 1.609 at most), as fakes of one
digit would be easy to tell.

  python launch/train.py --config configs/ssgan_digits.py --workdir runs/ssgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  classes = (2, 3, 4, 5, 7)
  adam = dict(name='adam', lr=1e-3, b1=0., b2=0.9)
  heldout = dict(name='digits', split='test', only=classes)
  c = config.base(
      'ssgan', dict(name='digits', only=classes), steps=5000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(128, 128), spectral=True),
                 objective='hinge', alpha=0.2, beta=1., n_critic=1, z=32,
                 prior='normal', g_optim=adam, d_optim=adam, ema=0.99),
      evals=dict(rotation=dict(every=1000, n=500, heldout=heldout),
                 classifier=dict(every=5000, n=2000)),
      accept=dict(
          heldout=dict(metric='rotation/heldout', min=0.85),
          fake=dict(metric='rotation/fake', min=0.6),
          entropy=dict(metric='classifier/label_entropy', min=1.4)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20, evals=dict(
        rotation=dict(every=0, n=70, heldout=heldout)))
    c.model.nets.hidden = (16,)
  return c
