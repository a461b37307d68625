"""The generator of least squares GANs for scenes of 112 pixels."""

from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.norm import norm

Array = jax.Array

NORMAL = nn.initializers.normal(.02)


class Generator(nn.Module):
  """z, projected to a 16th of the size, and doubled four times.

  Mao et al. 2017 (arXiv:1611.04076), figure 3 a, as in the authors' code: 3x3
  kernels; 256 channels, with a second convolution after the first two
  doublings, then 128 and 64. Their D is DCGAN's.

  Attributes:
    shape: [H, W, C] of a picture, sides multiples of 16: 112.
    width: channels of the largest picture, a quarter of the smallest one's.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: tuple[int, ...]
  width: int = 64
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    height, width = self.shape[:2]
    if height % 16 or width % 16:
      raise ConfigError(
          f'the generator of LSGAN makes pictures whose sides are multiples of '
          f'16, not {height} x {width}: set config.data.size')
    act = lambda h: nn.relu(norm('batch', h, train, dtype=self.dtype))
    options = dict(kernel_init=NORMAL, use_bias=False, dtype=self.dtype)
    wide = 4 * self.width
    h = nn.Dense(wide * (height // 16) * (width // 16), **options)(
        ends.append_labels(z, y))
    h = act(h.reshape(-1, height // 16, width // 16, wide))
    for channels, again in ((wide, True), (wide, True), (wide // 2, False),
                            (wide // 4, False)):
      h = act(ConvTranspose(channels, (3, 3), **options)(h))
      if again:
        h = act(Conv(channels, **options)(h))
    h = Conv(self.shape[-1], kernel_init=NORMAL, dtype=self.dtype)(h)
    return ends.squashed(h, self.out)
