"""The house's convolutions: functions and Linen modules.

Pictures are channels last with any number of spatial axes, [B, *S, C];
kernels are [*K, C in / groups, C out] as in `flax.linen.Conv`, whose
parameters these modules share. See `conv_primitives` for how they run.
"""

from collections.abc import Callable, Sequence
import math
from typing import Any

import flax.linen as nn
import jax
from jax import lax
import jax.numpy as jnp

from gans_jax.nets.layers import conv_primitives
from gans_jax.nets.layers.conv_lax import flip
from gans_jax.nets.layers.conv_lax import Window

Padding = str | int | Sequence[int | tuple[int, int]]
Init = Callable[..., jax.Array]


def conv(
    x: jax.Array,
    kernel: jax.Array,
    strides: int | Sequence[int] = 1,
    padding: Padding = 'SAME',
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> jax.Array:
  """Convolution (cross-correlation), differentiable to any order.

  Args:
    x: [B, *S, C], of any number of spatial axes.
    kernel: [*K, C / groups, O].
    strides: of all axes, or one for each.
    padding: 'SAME' (output ceil(S / stride), the odd pixel at the end),
      'VALID', pixels on every side, or pixels or (low, high) for each axis.
    dilation: distance of the kernel's taps.
    groups: output channels of group i see input channels of group i.

  Returns:
    [B, *T, O].

  Raises:
    ValueError: if the shapes do not fit each other.
  """
  _check(x, kernel, x.shape[-1], kernel.shape[-2] * groups)
  if kernel.shape[-1] % groups:
    raise ValueError(
        f'{kernel.shape[-1]} output channels do not divide into {groups} '
        'groups')
  ndim = kernel.ndim - 2
  strides, dilation = _each(strides, ndim), _each(dilation, ndim)
  reach = [(k - 1) * d + 1 for k, d in zip(kernel.shape, dilation)]
  padding = _pads(padding, x.shape[1:-1], reach, strides)
  if any(n + lo + hi < r
         for n, (lo, hi), r in zip(x.shape[1:-1], padding, reach)):
    raise ValueError(
        f'a kernel that spans {reach} is larger than the padded picture '
        f'{x.shape}')
  return conv_primitives.conv(
      x, kernel, Window(strides, padding, dilation, groups))


def conv_transpose(
    x: jax.Array,
    kernel: jax.Array,
    strides: int | Sequence[int] = 2,
    padding: Padding = 'SAME',
) -> jax.Array:
  """Transposed ("fractionally strided") convolution.

  Equals `lax.conv_transpose(x, kernel, strides, 'SAME' or 'VALID')`: the
  kernel is that of a convolution over the picture with zeros between its
  pixels. TensorFlow's conv2d_transpose and PyTorch's ConvTranspose2d hold it
  turned around in space, and [*K, O, C] or [C, O, *K].

  Args:
    x: [B, *S, C].
    kernel: [*K, C, O].
    strides: of all axes, or one for each.
    padding: 'SAME' is TensorFlow's, the output is exactly S * stride. Numbers
      are PyTorch's: the pixels cut off the full output, which leaves
      (S - 1) * stride + K - low - high; output_padding is a smaller `high`.
      'VALID' cuts nothing off.

  Returns:
    [B, *T, O].

  Raises:
    ValueError: if the shapes do not fit each other.
  """
  _check(x, kernel, x.shape[-1], kernel.shape[-2])
  ndim = kernel.ndim - 2
  strides = _each(strides, ndim)
  kernel_size, space = kernel.shape[:-2], x.shape[1:-1]
  if padding == 'SAME':
    shape = tuple(n * s for n, s in zip(space, strides))
  elif padding == 'VALID':
    shape = tuple((n - 1) * s + max(k, s)
                  for n, k, s in zip(space, kernel_size, strides))
  else:
    shape = tuple(
        (n - 1) * s + k - lo - hi for n, k, s, (lo, hi) in zip(
            space, kernel_size, strides,
            _pads(padding, space, kernel_size, strides)))
  padding = _pads(padding, shape, kernel_size, strides)
  return conv_primitives.input_grad(
      x, flip(kernel), Window(strides, padding, (1,) * ndim, 1), shape)


def conv_pool(x: jax.Array, kernel: jax.Array) -> jax.Array:
  """2x average pooling of a 'SAME' convolution, in a quarter of its products.

  The mean of 2 x 2 outputs is a stride-2 convolution of the means of 2 x 2
  inputs. A pointwise kernel is applied after the pooling.

  Args:
    x: [B, *S, C] with even S.
    kernel: [*K, C, O] of odd sizes.

  Returns:
    [B, *S / 2, O].

  Raises:
    ValueError: if a size is odd or a kernel's is even.
  """
  _check(x, kernel, x.shape[-1], kernel.shape[-2])
  space, kernel_size = x.shape[1:-1], kernel.shape[:-2]
  _check_odd(kernel_size)
  if any(n % 2 for n in space):
    raise ValueError(f'cannot halve a picture of {space} pixels')
  if math.prod(kernel_size) == 1:
    split = [m for n in space for m in (n // 2, 2)]
    x = x.reshape(x.shape[0], *split, x.shape[-1])
    return conv(x.mean(tuple(range(2, x.ndim - 1, 2))), kernel)
  # The kernel could be blurred instead, for 16 products of 36; but then devices
  # with a share of the batch would sum the gradients of 16 taps, not of 9.
  x = jnp.pad(x, ((0, 0), *((k // 2, k // 2) for k in kernel_size), (0, 0)))
  return conv(_box(x) * 0.5 ** len(space), kernel, 2, 'VALID')


def up_conv(x: jax.Array, kernel: jax.Array) -> jax.Array:
  """'SAME' convolution of a 2x nearest-upsampled picture, in a quarter.

  The upsampled picture is x with zeros between its pixels, summed over 2 x 2;
  the sum can as well come after the convolution: a stride-2 transposed one. A
  pointwise kernel is applied before the upsampling.

  Args:
    x: [B, *S, C].
    kernel: [*K, C, O] of odd sizes.

  Returns:
    [B, *2 S, O].

  Raises:
    ValueError: if a kernel's size is even.
  """
  _check(x, kernel, x.shape[-1], kernel.shape[-2])
  kernel_size = kernel.shape[:-2]
  _check_odd(kernel_size)
  if math.prod(kernel_size) == 1:
    x = conv(x, kernel)
    for axis in range(1, x.ndim - 1):
      x = jnp.repeat(x, 2, axis)
    return x
  padding = [k // 2 - 1 for k in kernel_size]
  return _box(conv_transpose(x, kernel, 2, padding))


class Conv(nn.Module):
  """Convolution layer; parameters as `flax.linen.Conv`: kernel, bias.

  Attributes:
    features: channels out.
    kernel_size: one size an axis; its length is the number of spatial axes.
    strides: of all axes, or one for each.
    padding: as in `conv`, or 'REFLECT': 'SAME' with mirrored borders.
    groups: as in `conv`.
    dilation: as in `conv`.
    use_bias: whether to add a bias.
    kernel_init: initialiser of the kernel [*K, C / groups, features].
    bias_init: initialiser of the bias [features].
    dtype: what to compute in; parameters are float32.
    resample: 'pool' for 2x average pooling after the convolution, 'up' for 2x
      nearest upsampling before it, at the cost of `conv_pool` and `up_conv`.
  """
  features: int
  kernel_size: Sequence[int] = (3, 3)
  strides: int | Sequence[int] = 1
  padding: Padding = 'SAME'
  groups: int = 1
  dilation: int | Sequence[int] = 1
  use_bias: bool = True
  kernel_init: Init = nn.initializers.lecun_normal()
  bias_init: Init = nn.initializers.zeros_init()
  dtype: Any = None
  resample: str | None = None

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    kernel_size = tuple(self.kernel_size)
    if x.shape[-1] % self.groups:
      raise ValueError(
          f'{x.shape[-1]} channels do not divide into {self.groups} groups')
    kernel = self.param(
        'kernel', self.kernel_init,
        (*kernel_size, x.shape[-1] // self.groups, self.features))
    bias = self.param(
        'bias', self.bias_init, (self.features,)) if self.use_bias else None
    x, kernel, bias = nn.dtypes.promote_dtype(
        x, kernel, bias, dtype=self.dtype)
    if self.resample is None:
      padding = self.padding
      if padding == 'REFLECT':
        x, padding = _reflect(x, kernel_size, self.strides, self.dilation)
      y = conv(x, kernel, self.strides, padding, self.dilation, self.groups)
    else:
      y = self._resampled(x, kernel)
    return y if bias is None else y + bias

  def _resampled(self, x, kernel):
    ndim = kernel.ndim - 2
    ones = (1,) * ndim
    plain = (_each(self.strides, ndim) == ones and self.padding == 'SAME'
             and _each(self.dilation, ndim) == ones and self.groups == 1)
    if self.resample not in ('pool', 'up') or not plain:
      raise ValueError(
          "resample is 'pool', 'up' or None, and only of a plain convolution "
          f"(stride 1, 'SAME', no groups, no dilation): {self}")
    return (conv_pool if self.resample == 'pool' else up_conv)(x, kernel)


class ConvTranspose(nn.Module):
  """Transposed convolution; parameters as `flax.linen.ConvTranspose`.

  The kernel is held as by flax's default, transpose_kernel=False; see
  `conv_transpose` for that and for `padding`.

  Attributes:
    features: channels out.
    kernel_size: one size an axis; its length is the number of spatial axes.
    strides: of all axes, or one for each.
    padding: as in `conv_transpose`; numbers are PyTorch's, not flax's.
    use_bias: whether to add a bias.
    kernel_init: initialiser of the kernel [*K, C, features].
    bias_init: initialiser of the bias [features].
    dtype: what to compute in; parameters are float32.
  """
  features: int
  kernel_size: Sequence[int]
  strides: int | Sequence[int] = 2
  padding: Padding = 'SAME'
  use_bias: bool = True
  kernel_init: Init = nn.initializers.lecun_normal()
  bias_init: Init = nn.initializers.zeros_init()
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    kernel = self.param(
        'kernel', self.kernel_init,
        (*self.kernel_size, x.shape[-1], self.features))
    bias = self.param(
        'bias', self.bias_init, (self.features,)) if self.use_bias else None
    x, kernel, bias = nn.dtypes.promote_dtype(
        x, kernel, bias, dtype=self.dtype)
    y = conv_transpose(x, kernel, self.strides, self.padding)
    return y if bias is None else y + bias


def _each(value, ndim):
  """One int for each spatial axis."""
  value = (value,) * ndim if isinstance(value, int) else tuple(value)
  if len(value) != ndim:
    raise ValueError(f'{value} does not fit {ndim} spatial axes')
  return value


def _pads(padding, shape, reach, strides):
  """(low, high) for each axis; `reach` is the extent of the dilated kernel."""
  if padding == 'SAME':
    total = [max((-(-n // s) - 1) * s + r - n, 0)
             for n, r, s in zip(shape, reach, strides)]
    return tuple((t // 2, t - t // 2) for t in total)
  if padding == 'VALID':
    return ((0, 0),) * len(shape)
  if isinstance(padding, str):
    raise ValueError(f"padding is 'SAME', 'VALID' or pixels, not {padding!r}")
  return tuple((p, p) if isinstance(p, int) else tuple(p)
               for p in _each(padding, len(shape)))


def _reflect(x, kernel_size, strides, dilation):
  """x with the borders of 'SAME' mirrored, and the padding that is left."""
  ndim = len(kernel_size)
  reach = [(k - 1) * d + 1
           for k, d in zip(kernel_size, _each(dilation, ndim))]
  pads = _pads('SAME', x.shape[1:-1], reach, _each(strides, ndim))
  return jnp.pad(x, ((0, 0), *pads, (0, 0)), mode='reflect'), 'VALID'


def _box(x):
  """Sums of 2 along every spatial axis of [B, *S, C]: [B, *S - 1, C]."""
  for axis in range(1, x.ndim - 1):
    x = (lax.slice_in_dim(x, 0, -1, axis=axis)
         + lax.slice_in_dim(x, 1, None, axis=axis))
  return x


def _check(x, kernel, channels, expected):
  if x.ndim != kernel.ndim:
    raise ValueError(
        f'a picture of shape {x.shape} does not fit a kernel of shape '
        f'{kernel.shape}: expected {kernel.ndim - 2} spatial axes')
  if channels != expected:
    raise ValueError(
        f'the kernel {kernel.shape} takes {expected} channels, the picture '
        f'{x.shape} has {channels}')


def _check_odd(kernel_size):
  if any(k % 2 == 0 for k in kernel_size):
    raise ValueError(f'a kernel of odd sizes is needed, not {kernel_size}')
