"""Top-k training (Sinha et al. 2020) on a ring of 8 Gaussians.

GAN of gan_ring, whose G learns from the k fakes of a batch that D takes most
for real: all 256 at first, 0.99 times as many each 100 rounds, half of them in
the end. What is asked is what gan_ring is asked.

  python launch/train.py --config configs/gan_ring_topk.py --workdir runs/top_k
"""

from configs import gan_ring


def get_config(arg=''):
  c = gan_ring.get_config(arg)
  with c.unlocked():
    c.model.parts = dict(top_k=dict(gamma=0.99, every=100, floor=0.5))
    c.reference = ''
  return c
