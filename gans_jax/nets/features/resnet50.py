"""ResNet-50, as torchvision has it.

He et al. 2016 (arXiv:1512.03385), with the stride in the 3x3 convolution of a
block (v1.5); 25,557,032 parameters. Layers have torchvision's names.
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
STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
TAPS = ('pool', 'logits', 'map_4', 'map_8', 'map_16', 'map_32')
MEAN = 255 * np.array([.485, .456, .406], np.float32)
STD = 255 * np.array([.229, .224, .225], np.float32)


class ResNet50(nn.Module):
  """Pictures in 0..255 to `pool` [B, 2048], `logits`, and maps by stride."""

  @nn.compact
  def __call__(self, x: Array) -> dict[str, Array]:
    """float32 [B, H, W, 3] in 0..255 -> taps."""
    def conv(h, name, bn, width, size=1, stride=1):
      pad = size // 2    # PyTorch's, on both sides also where it strides
      h = Conv(width, (size, size), stride, pad, use_bias=False, name=name)(h)
      return nn.BatchNorm(use_running_average=True, epsilon=1e-5, name=bn)(h)

    h = nn.relu(conv((x - MEAN) / STD, 'conv1', 'bn1', 64, 7, 2))
    h = nn.max_pool(h, (3, 3), (2, 2), ((1, 1), (1, 1)))
    taps = {}
    for i, (width, count) in enumerate(STAGES):
      for j in range(count):
        name, stride = f'layer{i + 1}.{j}.', 2 if i and not j else 1
        r = nn.relu(conv(h, name + 'conv1', name + 'bn1', width))
        r = nn.relu(conv(r, name + 'conv2', name + 'bn2', width, 3, stride))
        r = conv(r, name + 'conv3', name + 'bn3', 4 * width)
        if not j:
          h = conv(h, name + 'downsample.0', name + 'downsample.1', 4 * width,
                   1, stride)
        h = nn.relu(h + r)
      taps[f'map_{4 << i}'] = h
    taps['pool'] = jnp.mean(h, (1, 2))
    taps['logits'] = nn.Dense(1000, name='fc')(taps['pool'])
    return taps


def resnet50() -> ResNet50:
  """The network."""
  return ResNet50()


def convert(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  """Variables of a state dict of torchvision's resnet50."""
  return names.convert(resnet50(), SIZE, state)
