"""Convolutions whose kernel is another one in each place."""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers.ends import Init

Array = jax.Array

# Fans are those of one place: the axes of places are a batch of kernels.
HE = nn.initializers.variance_scaling(
    2., 'fan_in', 'uniform', batch_axis=(0, 1))
GLOROT = nn.initializers.glorot_uniform(batch_axis=(0, 1))
GLOROT_NORMAL = nn.initializers.glorot_normal(batch_axis=(0, 1))


def locally_connected(x: Array, kernel: Array, size: Sequence[int],
                      strides: Sequence[int] = (1, 1)) -> Array:
  """`y[b, i, j] = patch(x, b, i, j) . kernel[i, j]`, without padding.

  A convolution where all kernels are one. The batch is the last axis inside,
  so that the many small products of a CPU run along it.

  Args:
    x: [B, H, W, C].
    kernel: [H', W', kh kw C, O]; taps by row, then by column, then channel.
    size: (kh, kw).
    strides: of rows and of columns.

  Returns:
    [B, H', W', O].

  Raises:
    ValueError: a kernel for other places than `places` counts.
  """
  (kh, kw), (sh, sw) = size, strides
  height, width = places(x.shape[1:3], size, strides)
  expected = (height, width, kh * kw * x.shape[-1])
  if kernel.shape[:3] != expected:
    raise ValueError(f'a picture {x.shape} takes a kernel {expected} + (O,), '
                     f'not {kernel.shape}')
  last = jnp.transpose(x, (1, 2, 3, 0))                       # [H, W, C, B]
  # Rows and then columns: kh + kw slices, where all taps would be kh kw.
  rows = jnp.stack([last[i:i + sh * (height - 1) + 1:sh] for i in range(kh)], 2)
  taps = jnp.stack([rows[:, j:j + sw * (width - 1) + 1:sw]
                    for j in range(kw)], 3)        # [H', W', kh, kw, C, B]
  return jnp.einsum('hwko,hwkb->bhwo', kernel,
                    taps.reshape(height, width, -1, x.shape[0]))


def places(shape: Sequence[int], size: Sequence[int],
           strides: Sequence[int] = (1, 1)) -> tuple[int, int]:
  """(H', W') of a picture of (H, W): (n - k) // stride + 1.

  Raises:
    ValueError: the kernel is larger than the picture.
  """
  if any(n < k for n, k in zip(shape, size)):
    raise ValueError(
        f'a kernel of {tuple(size)} is larger than a picture of {tuple(shape)}')
  return tuple((n - k) // s + 1 for n, k, s in zip(shape, size, strides))


class LocallyConnected(nn.Module):
  """A layer of `locally_connected`; de Oliveira et al. 2017, section 3.

  H' W' (k^2 C + 1) O parameters: a bias for each place, too.

  Attributes:
    features: O.
    size: (kh, kw).
    strides: of rows and of columns.
    padding: zeros around the picture, on every side.
    use_bias: whether to add biases.
    kernel_init: initialiser of the kernels [H', W', kh kw C, O].
    bias_init: of the biases [H', W', O].
    dtype: what to compute in; parameters are float32.
  """

  features: int
  size: Sequence[int]
  strides: Sequence[int] = (1, 1)
  padding: int = 0
  use_bias: bool = True
  kernel_init: Init = GLOROT
  bias_init: Init = nn.initializers.zeros_init()
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """[B, H, W, C] -> [B, H', W', O]."""
    if pad := self.padding:
      x = jnp.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    at = places(x.shape[1:3], self.size, self.strides)
    taps = self.size[0] * self.size[1] * x.shape[-1]
    kernel = self.param('kernel', self.kernel_init, (*at, taps, self.features))
    bias = self.param('bias', self.bias_init, (*at, self.features)
                      ) if self.use_bias else None
    x, kernel, bias = nn.dtypes.promote_dtype(
        x, kernel, bias, dtype=self.dtype)
    y = locally_connected(x, kernel, self.size, self.strides)
    return y if bias is None else y + bias
