"""BigGAN (Brock et al. 2019) on the 8x8 digits of scikit-learn, by label.

Nets of 4 x 4 channels, z of two chunks of 16, a shared embedding of 32,
attention at 8 pixels, one step of D a round, Adam(0, 0.999) of 5e-4 for G and
2e-3 for D, batch 64. Judged by the share of samples that a classifier labels as
asked for, and by the Fréchet distance in its features of samples with G's
averaged params (from round 500 on) and with its last ones; both with standing
statistics.

  python launch/train.py --config configs/biggan_digits.py --workdir runs/biggan
"""

from gans_jax import config


def get_config(arg='', system='biggan', width=4):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999)
  standing = dict(evaluator='classifier', every=750, n=2000)
  c = config.base(
      system, dict(name='digits'), steps=1500, batch=64,
      model=dict(nets=dict(name=system, width=width, shared=32, attention=8),
                 z=32, n_critic=1, ortho=1e-4, ema=0.995, ema_start=500,
                 g_optim=adam(5e-4), d_optim=adam(2e-3)),
      evals=dict(averaged=dict(standing, mode=dict(statistics='standing')),
                 last=dict(standing, mode=dict(statistics='standing',
                                               ema=False))),
      accept=dict(
          agree=dict(metric='averaged/cls_agree', min=0.90),
          average=dict(metric='averaged/fd_digits_classifier over '
                       'last/fd_digits_classifier', max=1.)))
  c.rounds, c.log.every = 20, 100
  c.checkpoint.every, c.samples.every, c.samples.n = 500, 500, 100
  if a.tiny:
    config.shrink(c, steps=4, n=20)
    c.model.nets.width, c.model.nets.shared, c.model.z = 1, 4, 8
  return c
