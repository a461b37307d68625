"""The nets of AC-GAN: Odena, Olah and Shlens 2017 (arXiv:1610.09585).

Tables 1 and 2 of the appendix. They take square pictures whose size G's
doublings divide.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.noise import GaussianNoise
from gans_jax.nets.layers.norm import norm

Array = jax.Array

NORMAL = nn.initializers.normal(.02)


class Generator(nn.Module):
  """z and labels through a dense layer, then doubled in size.

  The paper's of 128 pixels has widths (768, 384, 256, 192), that of 32 pixels
  (384, 192, 96): the first is that of the dense layer.

  Attributes:
    shape: [H, W, C] of a picture.
    widths: channels before each doubling.
    kernel: size of the kernels.
    out: 'tanh', 'sigmoid' or None.
    norm: after each doubling but the last: 'batch' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (32, 32, 3)
  widths: Sequence[int] = (384, 192, 96)
  kernel: int = 5
  out: str | None = 'tanh'
  norm: str | None = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    height, width = self.shape[:2]
    small, rest = divmod(width, 2 ** len(self.widths))
    if height != width or rest or not small:
      raise ConfigError(
          f'a generator of {len(self.widths)} doublings makes square pictures '
          f'of a multiple of {2 ** len(self.widths)} pixels, not of {height} x '
          f'{width}: set config.data.size, or give the nets other widths')
    h = nn.Dense(small * small * self.widths[0], kernel_init=NORMAL,
                 dtype=self.dtype)(ends.append_labels(z, y))
    h = nn.relu(h).reshape(-1, small, small, self.widths[0])
    up = lambda width, bias: ConvTranspose(
        width, (self.kernel,) * 2, use_bias=bias, kernel_init=NORMAL,
        dtype=self.dtype)
    for width in self.widths[1:]:
      h = up(width, self.norm is None)(h)
      h = nn.relu(norm(self.norm, h, train, dtype=self.dtype))
    return ends.squashed(up(self.shape[-1], True)(h), self.out)


class Discriminator(nn.Module):
  """3x3 convolutions, every other one of stride 2, with dropout and noise.

  Attributes:
    widths: channels of each layer; the first halves the picture, the second
      does not, and so on.
    norm: after every layer but the first: 'batch', 'layer' or None.
    dropout: share of the activations that is dropped after every layer.
    noise: standard deviation of the noise on them; the paper tried 0, .1, .2.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  widths: Sequence[int] = (16, 32, 64, 128, 256, 512)
  norm: str | None = 'batch'
  dropout: float = .5
  noise: float = 0.
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    `features` True gives (logits, input of the last layer).
    """
    del update_u    # every discriminator takes it
    h = ends.append_labels(x, y)
    for i, width in enumerate(self.widths):
      kind = self.norm if i else None
      h = Conv(width, (3, 3), strides=1 if i % 2 else 2, use_bias=kind is None,
               kernel_init=NORMAL, dtype=self.dtype)(h)
      h = ends.lrelu(norm(kind, h, train, dtype=self.dtype))
      h = nn.Dropout(self.dropout, deterministic=not train)(h)
      h = GaussianNoise(self.noise)(h, train=train)
    last = lambda width, h: nn.Dense(
        width, kernel_init=NORMAL, dtype=self.dtype)(h)
    return ends.logits(h.reshape(h.shape[0], -1), last, self.mix,
                       self.outputs, features)
