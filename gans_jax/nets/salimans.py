"""The semi-supervised discriminator of Improved GAN for MNIST."""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.nets.layers import ends
from gans_jax.nets.layers.noise import GaussianNoise
from gans_jax.nets.layers.weight_norm import WeightNorm

Array = jax.Array


class Discriminator(nn.Module):
  """Dense layers with weight normalisation and noise before each.

  The authors' code of Salimans et al. 2016 (arXiv:1606.03498) for MNIST: noise
  of .3 at the input and of .5 before every other layer, ReLU, lengths of the
  hidden layers' weights set by data and then left.

  Attributes:
    hidden: widths.
    input_noise: standard deviation of the noise at the input.
    noise: of that before every other layer.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  hidden: Sequence[int] = (1000, 500, 250, 250, 250)
  input_noise: float = .3
  noise: float = .5
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, last hidden layer, before its noise).
    """
    del update_u    # every discriminator takes it
    dense = lambda width, learn: WeightNorm(
        nn.Dense(width, use_bias=False, dtype=self.dtype,
                 kernel_init=nn.initializers.normal(.1)), learn)
    h = ends.append_labels(x.reshape(x.shape[0], -1), y)
    std = self.input_noise
    for width in self.hidden:
      h = nn.relu(dense(width, False)(GaussianNoise(std)(h, train=train)))
      std = self.noise
    last = lambda width, h: dense(width, True)(
        GaussianNoise(std)(h, train=train))
    return ends.logits(h, last, self.mix, self.outputs, features)
