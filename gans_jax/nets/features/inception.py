"""Inception-v3: the one of FID, and torchvision's.

Szegedy et al. 2016 (arXiv:1512.00567). Three networks go by this name, and
their numbers cannot be compared. That of FID (Heusel et al. 2017) is
TensorFlow's graph of 2015-12-05 with 1008 classes; pytorch-fid's port of it,
which is built here, averages without the border's zeros and takes a maximum in
the pool branch of the last block, as that graph does. Layers have torchvision's
names.
"""

from collections.abc import Mapping, Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.errors import ConfigError
from gans_jax.nets.features import names
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

SIZE = 299
TAPS = ('pool', 'logits', 'logits_unbiased', 'pool_64', 'pool_192', 'pool_768',
        'spatial')
MEAN = 255 * np.array([.485, .456, .406], np.float32)
STD = 255 * np.array([.229, .224, .225], np.float32)
# How pixels in 0..255 are brought to the network's range.
SCALES = {
    'tf': lambda x: (x - 128) / 128,         # the graph's own
    'pytorch': lambda x: x / 127.5 - 1,      # pytorch-fid's, torchvision's
    'imagenet': lambda x: (x - MEAN) / STD,  # BigGAN-PyTorch's
}
SPATIAL = 7    # channels of the map that sFID looks at: 7 x 17 x 17 = 2023


def _pool(kind: str, x: Array, stride: int = 1) -> Array:
  """3x3 pooling; of stride 1 the size stays.

  Args:
    kind: 'max', 'mean' (the border's zeros count: torchvision) or 'inside'
      (they don't: TensorFlow).
    x: [B, H, W, C].
    stride: 1 or 2.
  """
  window, strides = (3, 3), (stride, stride)
  padding = ((1, 1), (1, 1)) if stride == 1 else 'VALID'
  if kind == 'max':
    return nn.max_pool(x, window, strides, padding)
  return nn.avg_pool(x, window, strides, padding,
                     count_include_pad=kind == 'mean')


class Inception(nn.Module):
  """Pictures in 0..255 to taps.

  `pool` [B, 2048], `logits` [B, classes], `logits_unbiased` (without the last
  bias, for the Inception score), `pool_64`, `pool_192`, `pool_768` (means of
  earlier maps, as pytorch-fid's `dims`), and `spatial` [B, 7 h w]: the first 7
  channels of the first convolution of the graph's mixed_6, for sFID (Nash et
  al. 2021, arXiv:2103.03841; the channels are those of ADM's evaluator).

  Attributes:
    classes: 1008 for FID, 1000 for torchvision.
    fid: whether pooling is that of the TensorFlow graph.
    scale: of SCALES.
  """

  classes: int = 1008
  fid: bool = True
  scale: str = 'tf'

  @nn.compact
  def __call__(self, x: Array) -> dict[str, Array]:
    """float32 [B, H, W, 3] in 0..255, H and W at least 75 -> taps."""
    if min(x.shape[1:3]) < 75:
      raise ConfigError(f'Inception-v3 takes 75 pixels or more, not '
                        f'{list(x.shape[1:3])}')
    if self.scale not in SCALES:
      raise ConfigError(f'scale is one of {", ".join(SCALES)}')

    def conv(h, name, width, size=1, stride=1):
      size = (size, size) if isinstance(size, int) else size
      padding = 'VALID' if stride == 2 else 'SAME'
      return _unit(h, name, width, size, stride, padding)

    mean = 'inside' if self.fid else 'mean'
    taps = {}
    h = SCALES[self.scale](x)
    h = conv(h, 'Conv2d_1a_3x3', 32, 3, 2)
    h = _unit(h, 'Conv2d_2a_3x3', 32, (3, 3), 1, 'VALID')
    h = _pool('max', conv(h, 'Conv2d_2b_3x3', 64, 3), 2)
    taps['pool_64'] = jnp.mean(h, (1, 2))
    h = conv(h, 'Conv2d_3b_1x1', 80)
    h = _unit(h, 'Conv2d_4a_3x3', 192, (3, 3), 1, 'VALID')
    h = _pool('max', h, 2)
    taps['pool_192'] = jnp.mean(h, (1, 2))
    for name, width in (('5b', 32), ('5c', 64), ('5d', 64)):
      h = _a(conv, h, f'Mixed_{name}', width, mean)
    h = _b(conv, h, 'Mixed_6a')
    for name, width in (('6b', 128), ('6c', 160), ('6d', 160), ('6e', 192)):
      first, h = _c(conv, h, f'Mixed_{name}', width, mean)
      if name == '6d':    # TensorFlow's mixed_6: it counts from mixed = 5b
        first = first[..., :SPATIAL]
        taps['spatial'] = first.reshape(first.shape[0], -1)
    taps['pool_768'] = jnp.mean(h, (1, 2))
    h = _d(conv, h, 'Mixed_7a')
    h = _e(conv, h, 'Mixed_7b', mean)
    h = _e(conv, h, 'Mixed_7c', 'max' if self.fid else mean)
    taps['pool'] = jnp.mean(h, (1, 2))
    kernel = _Dense(self.classes, name='fc')
    taps['logits_unbiased'], taps['logits'] = kernel(taps['pool'])
    return taps


class _Dense(nn.Module):
  """A dense layer that shows its output without the bias, too."""

  features: int

  @nn.compact
  def __call__(self, x: Array) -> tuple[Array, Array]:
    kernel = self.param('kernel', nn.initializers.lecun_normal(),
                        (x.shape[-1], self.features))
    bias = self.param('bias', nn.initializers.zeros, (self.features,))
    return x @ kernel, x @ kernel + bias


def _unit(h, name, width, size, stride, padding):
  """Convolution, BatchNorm, relu; named as torchvision's BasicConv2d."""
  h = Conv(width, size, stride, padding, use_bias=False,
           name=f'{name}.conv')(h)
  return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-3,
                              name=f'{name}.bn')(h))


def _chain(conv, h, name, layers: Sequence[tuple]):
  """Layers (suffix, width, size, stride) one after the other."""
  for suffix, *rest in layers:
    h = conv(h, f'{name}.{suffix}', *rest)
  return h


def _a(conv, x, name, width, mean):
  return jnp.concatenate([
      conv(x, f'{name}.branch1x1', 64),
      _chain(conv, x, name, [('branch5x5_1', 48), ('branch5x5_2', 64, 5)]),
      _chain(conv, x, name, [('branch3x3dbl_1', 64), ('branch3x3dbl_2', 96, 3),
                             ('branch3x3dbl_3', 96, 3)]),
      conv(_pool(mean, x), f'{name}.branch_pool', width)], -1)


def _b(conv, x, name):
  return jnp.concatenate([
      conv(x, f'{name}.branch3x3', 384, 3, 2),
      _chain(conv, x, name, [('branch3x3dbl_1', 64), ('branch3x3dbl_2', 96, 3),
                             ('branch3x3dbl_3', 96, 3, 2)]),
      _pool('max', x, 2)], -1)


def _c(conv, x, name, width, mean):
  """(first branch, all)."""
  row, column = (1, 7), (7, 1)
  first = conv(x, f'{name}.branch1x1', 192)
  return first, jnp.concatenate([
      first,
      _chain(conv, x, name, [
          ('branch7x7_1', width), ('branch7x7_2', width, row),
          ('branch7x7_3', 192, column)]),
      _chain(conv, x, name, [
          ('branch7x7dbl_1', width), ('branch7x7dbl_2', width, column),
          ('branch7x7dbl_3', width, row), ('branch7x7dbl_4', width, column),
          ('branch7x7dbl_5', 192, row)]),
      conv(_pool(mean, x), f'{name}.branch_pool', 192)], -1)


def _d(conv, x, name):
  return jnp.concatenate([
      _chain(conv, x, name, [('branch3x3_1', 192), ('branch3x3_2', 320, 3, 2)]),
      _chain(conv, x, name, [
          ('branch7x7x3_1', 192), ('branch7x7x3_2', 192, (1, 7)),
          ('branch7x7x3_3', 192, (7, 1)), ('branch7x7x3_4', 192, 3, 2)]),
      _pool('max', x, 2)], -1)


def _e(conv, x, name, pool):
  split = lambda h, branch: jnp.concatenate([
      conv(h, f'{name}.{branch}a', 384, (1, 3)),
      conv(h, f'{name}.{branch}b', 384, (3, 1))], -1)
  return jnp.concatenate([
      conv(x, f'{name}.branch1x1', 320),
      split(conv(x, f'{name}.branch3x3_1', 384), 'branch3x3_2'),
      split(_chain(conv, x, name, [
          ('branch3x3dbl_1', 448), ('branch3x3dbl_2', 384, 3)]),
            'branch3x3dbl_3'),
      conv(_pool(pool, x), f'{name}.branch_pool', 192)], -1)


def fid() -> Inception:
  """The network of FID, KID and the Inception score."""
  return Inception()


def torchvision() -> Inception:
  """torchvision's, of ImageNet; its published weights want this scale."""
  return Inception(classes=1000, fid=False, scale='pytorch')


def convert(net: Inception, state: Mapping[str, np.ndarray]
            ) -> dict[str, np.ndarray]:
  """Variables of a state dict of pytorch-fid or torchvision.

  Auxiliary classifiers are left out: nothing here uses them.
  """
  return names.convert(net, SIZE, state, ignore=(r'^AuxLogits\.',))
