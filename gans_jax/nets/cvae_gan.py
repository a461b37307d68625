"""The nets of CVAE-GAN: Bao et al. 2017 (arXiv:1703.10155), section 4.

For pictures of 128 pixels: E is GoogLeNet, C is AlexNet, D is that of DCGAN
(gans_jax.nets.dcgan), G a stack of upsampled convolutions.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.norm import norm
from gans_jax.nets.vae_gan import smallest

Array = jax.Array

# Channels of GoogLeNet's blocks (Szegedy et al. 2015, arXiv:1409.4842, table
# 1): 1x1, 3x3 and what it is reduced from, 5x5 likewise, pooled.
STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    ((192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64),
     (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
     (256, 160, 320, 32, 128, 128)),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)))


class Encoder(nn.Module):
  """GoogLeNet with BatchNorm; labels join its last layer.

  Attributes:
    outputs: of the last layer.
    share: of GoogLeNet's channels.
    wide: size of the kernels of the third branch.
    dtype: what to compute in.
  """

  outputs: int = 512
  share: float = 1.
  wide: int = 5
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, H, W, C] and one-hot [B, K] or None -> [B, outputs]."""
    def conv(width, size, h, strides=1):
      h = Conv(max(round(self.share * width), 1), (size, size), strides,
               use_bias=False, dtype=self.dtype)(h)
      return nn.relu(norm('batch', h, train, dtype=self.dtype))

    def pool(h, strides=2):
      return nn.max_pool(h, (3, 3), (strides, strides), 'SAME')

    h = pool(conv(64, 7, x, 2))
    h = conv(192, 3, conv(64, 1, h))
    for stage in STAGES:
      h = pool(h)
      for one, to_three, three, to_five, five, pooled in stage:
        h = jnp.concatenate([
            conv(one, 1, h), conv(three, 3, conv(to_three, 1, h)),
            conv(five, self.wide, conv(to_five, 1, h)),
            conv(pooled, 1, pool(h, 1))], -1)
    h = ends.append_labels(jnp.mean(h, (1, 2)), y)
    return ends.widened(nn.Dense(self.outputs, dtype=self.dtype)(h))


class Generator(nn.Module):
  """Codes and labels through two dense layers and upsampled convolutions.

  Attributes:
    shape: [H, W, C] of a picture.
    fc: width of the first dense layer.
    widths: channels after each doubling but the last, which gives the picture.
    kernels: sizes of all the kernels, one more.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (128, 128, 3)
  fc: int = 1024
  widths: Sequence[int] = (256, 256, 128, 92, 64)
  kernels: Sequence[int] = (3, 3, 5, 5, 5, 5)
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    height, width = smallest(self.shape, len(self.kernels))
    act = lambda h: nn.relu(norm('batch', h, train, dtype=self.dtype))
    dense = lambda n, h: nn.Dense(n, use_bias=False, dtype=self.dtype)(h)
    up = lambda n, size, h, bias=False: Conv(
        n, (size, size), use_bias=bias, resample='up', dtype=self.dtype)(h)
    h = act(dense(self.fc, ends.append_labels(z, y)))
    h = act(dense(height * width * self.widths[0], h))
    h = h.reshape(-1, height, width, self.widths[0])
    for channels, size in zip(self.widths, self.kernels):
      h = act(up(channels, size, h))
    return ends.squashed(up(self.shape[-1], self.kernels[-1], h, True),
                         self.out)


class Classifier(nn.Module):
  """AlexNet (Krizhevsky et al. 2012), without its response normalisation.

  Attributes:
    outputs: classes.
    share: of AlexNet's widths.
    pad: of the first layer: 2 leaves 128 pixels as they should be halved, 0 is
      for AlexNet's own 227.
    dropout: share of the inputs of the first two dense layers.
    dtype: what to compute in.
  """

  outputs: int = 530
  share: float = 1.
  pad: int = 2
  dropout: float = .5
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, features: bool = False):
    """[B, H, W, C] -> logits [B, outputs].

    `features` True gives (logits, input of the last layer).

    Raises:
      ConfigError: pictures of less than 64 pixels.
    """
    if min(x.shape[1:3]) < 64:
      raise ConfigError(
          'AlexNet takes pictures of 64 pixels and more, not '
          f'{" x ".join(map(str, x.shape[1:3]))}: set config.data.size')
    wide = lambda width: 2 * max(round(self.share * width / 2), 1)
    conv = lambda width, size, h, groups=1, **more: nn.relu(Conv(
        wide(width), (size, size), groups=groups, dtype=self.dtype, **more)(h))
    pool = lambda h: nn.max_pool(h, (3, 3), (2, 2))
    drop = lambda h: nn.Dropout(self.dropout, deterministic=not train)(h)
    dense = lambda width, h: nn.Dense(width, dtype=self.dtype)(h)
    h = pool(conv(96, 11, x, strides=4, padding=self.pad))
    h = pool(conv(256, 5, h, 2))
    h = conv(384, 3, conv(384, 3, h), 2)
    h = pool(conv(256, 3, h, 2)).reshape(len(x), -1)
    for _ in range(2):
      h = nn.relu(dense(wide(4096), drop(h)))
    return ends.logits(h, dense, outputs=self.outputs, features=features)
