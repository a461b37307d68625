"""CoGAN (Liu & Tuzel 2016) on MNIST and outlines of its digits: as published.

All but the second domain is that of cogan_mnist_negative: the other half of
MNIST as outlines, the dilation by 3 x 3 pixels less the picture. The paper
reports an agreement of .952, against .909 of a conditional GAN that is given
G_a's pictures. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/cogan_mnist_edge.py \
      --workdir runs/cogan
"""

from configs import cogan_mnist_negative


def get_config(arg=''):
  c = cogan_mnist_negative.get_config(arg)
  with c.unlocked():
    c.data.domains = 'edge'
    c.reference = 'pixel agreement 0.952'
  return c
