"""LPIPS: a learned perceptual distance of two pictures.

Zhang et al. 2018 (arXiv:1801.03924), eq. 1, version 0.1: the squared difference
of unit-length features of five layers, weighted by channel, averaged over the
picture and summed. On VGG16 it is `lpips`; on the trunk that HED fine-tuned for
edges, which pip can install, it is another distance and called `lpips_hed`.
"""

from collections.abc import Mapping

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.errors import ConfigError
from gans_jax.nets.features import vgg

Array = jax.Array

CHANNELS = (64, 128, 256, 512, 512)
# The package's own scaling of [-1, 1], which is nearly ImageNet's.
SHIFT = np.array([-.030, -.088, -.188], np.float32)
SCALE = np.array([.458, .448, .450], np.float32)


class LPIPS(nn.Module):
  """The distance of pictures a and b.

  Attributes:
    hed: the trunk is HED's, with its own normalisation.
  """

  hed: bool = False

  def setup(self):
    self.trunk = vgg.hed() if self.hed else vgg.trunk()
    self.heads = [self.param(f'lin{i}', nn.initializers.ones, (c,))
                  for i, c in enumerate(CHANNELS)]

  def __call__(self, a: Array, b: Array | None = None) -> Array:
    """float32 [B, H, W, 3] in 0..255, twice -> [B]."""
    b = a if b is None else b
    total = 0.
    for x, y, head in zip(self.maps(a), self.maps(b), self.heads, strict=True):
      gap = (vgg.unit(x) - vgg.unit(y)) ** 2
      total += jnp.mean(jnp.sum(gap * head, -1), (1, 2))
    return total

  def maps(self, x: Array) -> list[Array]:
    """The five maps of pictures in 0..255."""
    if not self.hed:
      # The trunk expects ImageNet's normalisation: undo it around lpips' own.
      x = (x / 127.5 - 1 - SHIFT) / SCALE * vgg.STD + vgg.MEAN
    taps = self.trunk(x)
    return [taps[name] for name in vgg.MAPS]


def convert(net: LPIPS, trunk: Mapping[str, np.ndarray],
            heads: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  """Variables of a trunk's state dict and of the package's heads.

  Args:
    net: the distance.
    trunk: torchvision's vgg16 state dict; for HED the arrays of its h5 file.
    heads: of the lpips package's weights/v0.1/vgg.pth: 'lin0.model.1.weight',
      [1, C, 1, 1].

  Raises:
    ConfigError: a tensor is missing or of another shape.
  """
  inner = (vgg.convert_hed(trunk) if net.hed
           else vgg.convert(vgg.trunk(), trunk))
  out = {k.replace('params/', 'params/trunk/', 1): v for k, v in inner.items()}
  for i, channels in enumerate(CHANNELS):
    name = f'lin{i}.model.1.weight'
    if name not in heads or heads[name].size != channels:
      raise ConfigError(f'the heads need {name!r} of {channels} numbers')
    out[f'params/lin{i}'] = np.asarray(heads[name], np.float32).reshape(-1)
  return out
