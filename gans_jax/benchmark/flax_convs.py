"""The house's convolution layers, computed by those of flax.linen instead.

Inside `flax_convolutions()` nets keep their structure and their parameters,
while `Conv` and `ConvTranspose` are what one would write with Flax alone:
flax.linen.Conv, ConvTranspose, avg_pool and a nearest upsampling. Both compute
the same function, so one state serves both.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import conv


def flax_convolutions():
  """A context in which nets are traced with flax.linen's convolutions."""
  return nn.intercept_methods(_intercept)


def _intercept(call, args, kwargs, context):
  layer = context.module
  if (context.method_name != '__call__'
      or not isinstance(layer, (conv.Conv, conv.ConvTranspose))):
    return call(*args, **kwargs)
  x, = args
  kernel_size = tuple(layer.kernel_size)
  groups = getattr(layer, 'groups', 1)
  params = {'kernel': layer.param(
      'kernel', layer.kernel_init,
      (*kernel_size, x.shape[-1] // groups, layer.features))}
  if layer.use_bias:
    params['bias'] = layer.param('bias', layer.bias_init, (layer.features,))
  run = _transposed if isinstance(layer, conv.ConvTranspose) else _plain
  return run(layer, {'params': params}, x)


def _plain(layer: conv.Conv, variables, x: jax.Array) -> jax.Array:
  if layer.resample == 'up':
    for axis in range(1, x.ndim - 1):
      x = jnp.repeat(x, 2, axis)
  twin = nn.Conv(
      layer.features, tuple(layer.kernel_size), layer.strides, layer.padding,
      kernel_dilation=layer.dilation, feature_group_count=layer.groups,
      use_bias=layer.use_bias, dtype=layer.dtype, parent=None)
  y = twin.apply(variables, x)
  if layer.resample == 'pool':
    two = (2,) * (x.ndim - 2)
    y = nn.avg_pool(y, two, two)
  return y


def _transposed(layer: conv.ConvTranspose, variables, x: jax.Array
                ) -> jax.Array:
  ndim = len(layer.kernel_size)
  strides, padding = layer.strides, layer.padding
  if isinstance(strides, int):
    strides = (strides,) * ndim
  if not isinstance(padding, str):
    # Ours are PyTorch's, pixels cut off the full output; flax's are added to
    # the dilated input.
    padding = (padding,) * ndim if isinstance(padding, int) else padding
    cut = [(p, p) if isinstance(p, int) else tuple(p) for p in padding]
    padding = [(k - 1 - low, k - 1 - high)
               for k, (low, high) in zip(layer.kernel_size, cut, strict=True)]
  twin = nn.ConvTranspose(
      layer.features, tuple(layer.kernel_size), strides, padding,
      use_bias=layer.use_bias, dtype=layer.dtype, parent=None)
  return twin.apply(variables, x)
