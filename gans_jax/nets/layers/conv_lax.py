"""The three convolution maps as one `lax.conv_general_dilated` each.

What every platform other than CPU runs, and what CPU falls back on. TPUs and
cuDNN multiply bfloat16 inputs into float32 sums by themselves, and cuDNN has
no kernels with a wider output than input, so no output type is asked for.
"""

from typing import NamedTuple

import jax
from jax import lax
import jax.numpy as jnp


class Window(NamedTuple):
  """The static part of a convolution over N spatial axes."""
  strides: tuple[int, ...]
  padding: tuple[tuple[int, int], ...]
  dilation: tuple[int, ...]
  groups: int

  def tail(self) -> 'Window':
    """The window of all spatial axes but the first."""
    return Window(
        self.strides[1:], self.padding[1:], self.dilation[1:], self.groups)


def varying(x: jax.Array) -> frozenset[str]:
  """The manual mesh axes over which x varies: none outside shard_map."""
  aval = jax.typeof(x)  # the attribute's name changed in JAX 0.10
  return aval.mat.varying if hasattr(aval, 'mat') else aval.vma


def vary(x: jax.Array, axes: frozenset[str]) -> jax.Array:
  """x, said to vary over these manual mesh axes too."""
  more = tuple(axes - varying(x))
  return lax.pcast(x, more, to='varying') if more else x


def flip(w: jax.Array, groups: int = 1) -> jax.Array:
  """A kernel turned around in space, its channels in and out swapped."""
  *kernel, c, o = w.shape
  w = lax.rev(w, range(len(kernel))).reshape(*kernel, c, groups, o // groups)
  w = jnp.moveaxis(w, -1, -3)  # [*K, O / groups, C / groups, groups]
  return w.swapaxes(-1, -2).reshape(*kernel, o // groups, groups * c)


def out_shape(shape, kernel, window: Window) -> tuple[int, ...]:
  """Spatial sizes of the output of a convolution."""
  return tuple(
      (n + lo + hi - (k - 1) * d - 1) // s + 1
      for n, k, s, (lo, hi), d in zip(
          shape, kernel, window.strides, window.padding, window.dilation))


def _layout(ndim, *names):
  """Dimension numbers; `names` are of the form 'N.C', the dot is space."""
  space = 'DHW'[-ndim:]
  return tuple(name.replace('.', space) for name in names)


def conv(x: jax.Array, w: jax.Array, window: Window) -> jax.Array:
  """Convolution of x [B, *S, C] by w [*K, C / groups, O], [B, *T, O]."""
  return lax.conv_general_dilated(
      x, w, window.strides, window.padding, rhs_dilation=window.dilation,
      dimension_numbers=_layout(w.ndim - 2, 'N.C', '.IO', 'N.C'),
      feature_group_count=window.groups)


def input_grad(
    c: jax.Array, w: jax.Array, window: Window, shape: tuple[int, ...]
) -> jax.Array:
  """Transpose of `conv` in its input: c [B, *T, O] to [B, *shape, C]."""
  x = jax.ShapeDtypeStruct(
      (c.shape[0], *shape, w.shape[-2] * window.groups), c.dtype)
  return jax.linear_transpose(lambda x: conv(x, w, window), x)(c)[0]


def kernel_grad(
    x: jax.Array, c: jax.Array, window: Window, kernel: tuple[int, ...]
) -> jax.Array:
  """Transpose of `conv` in its kernel: x and c to [*kernel, C / groups, O]."""
  w = jax.ShapeDtypeStruct(
      (*kernel, x.shape[-1] // window.groups, c.shape[-1]), c.dtype)
  return jax.linear_transpose(lambda w: conv(x, w, window), w)(c)[0]
