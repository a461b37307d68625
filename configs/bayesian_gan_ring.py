"""Bayesian GAN (Saatci & Wilson 2017) on a ring of 8 Gaussians.

Radius 2, sigma 0.1. 8 generators against one discriminator, MLPs of 2 x 128,
batch 64 (for each of them): Adam(1e-3, 0.5) for 4000 rounds, then 1000 of
SGHMC, of which every hundredth is kept. `:generators=1` is a single one,
configs/bayesian_gan_ring_single.py.

Claimed: all of them together have 8 of 8 modes, in shares of an entropy of at
least 1.9 of log 8 = 2.079 nats, which is a reverse KL of at most 0.179.

  python launch/train.py --config configs/bayesian_gan_ring.py \
      --workdir runs/bayesian_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, generators=8, form='posterior',
                       burn_in=4000, lr=1e-3, burn_lr=1e-3)
  chain = dict(name='sghmc', lr=a.lr, alpha=0.1, burn_in=a.burn_in,
               burn_lr=a.burn_lr)
  if a.form == 'code':
    chain = dict(name='adam', lr=a.burn_lr, b1=0.5)
  c = config.base(
      'bayesian_gan', dict(name='ring8'), steps=5000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)),
                 generators=a.generators, chains=1, sigma=1., form=a.form,
                 banked=10, every=100, start=a.burn_in, z=8, prior='normal',
                 g_optim=chain, d_optim=chain),
      evals=dict(modes=dict(every=2500, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=8.),
                  spread=dict(metric='modes/reverse_kl', max=0.179)))
  c.reference = 'stays multi-modal where a single generator collapses'
  config.pace_points(c, a.tiny)
  if a.tiny:
    c.model.update(generators=min(3, a.generators), banked=2, every=4, start=8)
    for chain in (c.model.g_optim, c.model.d_optim):
      if 'burn_in' in chain:
        chain.burn_in = 8
  return c
