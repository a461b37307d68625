"""The critic of WGAN-GP for pictures of 64 pixels."""

from typing import Any

import flax.linen as nn
import jax

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.resnet import GLOROT, DownBlock

Array = jax.Array


class Critic(nn.Module):
  """A convolution, four halving blocks with layer norm, one dense layer.

  Gulrajani et al. 2017 (arXiv:1704.00028), appendix C, as in the authors' code
  for 64 pixels ("good" nets): 64, 128, 256, 512 and 512 channels. G is
  `resnet.Generator` of (512, 512, 256, 128, 64). Convolutions that a
  normalisation follows have a bias here, and none there.

  Attributes:
    width: channels of the largest picture.
    blocks: how many.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  width: int = 64
  blocks: int = 4
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, input of the last layer).
    """
    h = Conv(self.width, kernel_init=GLOROT, dtype=self.dtype)(
        ends.append_labels(x, y))
    for i in range(self.blocks):
      h = DownBlock(self.width << min(i + 1, 3), True, norm='layer',
                    spectral=False, dtype=self.dtype)(
                        h, train=train, update_u=update_u)
    last = lambda width, h: nn.Dense(
        width, kernel_init=GLOROT, dtype=self.dtype)(h)
    return ends.logits(h.reshape(h.shape[0], -1), last, self.mix,
                       self.outputs, features)
