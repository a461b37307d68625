"""EfficientNet-Lite0.

Tan and Le 2019 (arXiv:1905.11946), without squeeze-and-excitation and with
relu6: the Lite variant of the authors' code, 4,652,008 parameters, ImageNet's
1000 classes at 224 pixels. Layers have the names of `efficientnet_pytorch`.
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
# Repeats, kernel, stride of the first, expansion, channels out.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40),
          (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320))
MEAN = 255 * np.array([.485, .456, .406], np.float32)
STD = 255 * np.array([.229, .224, .225], np.float32)
TAPS = ('pool', 'logits', 'map_4', 'map_8', 'map_16', 'map_32')


class EfficientNetLite0(nn.Module):
  """Pictures in 0..255 to taps.

  `pool` [B, 1280] is what distances are taken in, `logits` [B, 1000], and
  `map_<s>` the last picture of stride s: 24, 40, 112 and 320 channels.
  """

  @nn.compact
  def __call__(self, x: Array) -> dict[str, Array]:
    """float32 [B, H, W, 3] in 0..255 -> taps."""
    def conv(h, name, bn, width, size=1, stride=1, groups=1):
      h = Conv(width, (size, size), stride, groups=groups, use_bias=False,
               name=name)(h)
      return nn.BatchNorm(use_running_average=True, epsilon=1e-3, name=bn)(h)

    act = lambda h: jnp.clip(h, 0, 6)
    h = act(conv((x - MEAN) / STD, '_conv_stem', '_bn0', 32, 3, 2))
    taps, i, step = {}, 0, 2
    for repeats, size, stride, expansion, width in STAGES:
      for repeat in range(repeats):
        stride_now = stride if repeat == 0 else 1
        block, skip = f'_blocks.{i}.', h
        inside = h.shape[-1] * expansion
        if expansion > 1:
          h = act(conv(h, block + '_expand_conv', block + '_bn0', inside))
        h = act(conv(h, block + '_depthwise_conv', block + '_bn1', inside,
                     size, stride_now, groups=inside))
        h = conv(h, block + '_project_conv', block + '_bn2', width)
        if stride_now == 1 and skip.shape[-1] == width:
          h = h + skip
        step, i = step * stride_now, i + 1
      taps[f'map_{step}'] = h    # the last of each stride stays
    taps.pop('map_2')
    h = act(conv(h, '_conv_head', '_bn1', 1280))
    taps['pool'] = jnp.mean(h, (1, 2))
    taps['logits'] = nn.Dense(1000, name='_fc')(taps['pool'])
    return taps


def lite0() -> EfficientNetLite0:
  """The network."""
  return EfficientNetLite0()


def convert(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  """Variables of a state dict of `efficientnet_lite_pytorch`."""
  return names.convert(lite0(), SIZE, state)
