"""LOGAN (Wu et al. 2019) on a ring of 8 Gaussians.

GAN of gan_ring, both players of which play with a z that one step of natural
gradient has moved towards what D likes: alpha = 0.9, beta = 0.1, 0.1 |dz|^2 in
both losses, z uniform in [-1, 1]. What is asked is what gan_ring is asked.

  python launch/train.py --config configs/gan_ring_logan.py --workdir runs/logan
"""

from configs import gan_ring


def get_config(arg=''):
  c = gan_ring.get_config(arg)
  with c.unlocked():
    c.model.prior = 'uniform'
    c.model.parts = dict(latent=dict(
        step='natural', alpha=0.9, beta=0.1, weight=0.1, clip=1.))
    c.reference = ''
  return c
