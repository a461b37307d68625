"""Arithmetic of a function, counted from its jaxpr.

The compiler's own count takes the body of a loop once and sees convolutions
only as the platform lowers them. This one walks what JAX traced: matrix
products and convolutions, the body of a scan as often as it runs, of the
branches of a cond the most expensive (so a lazy move counts as played). A
multiplication and an addition are two operations. Elementwise work is left
out. What falls on a picture's padding counts, as is usual; the zeros between
the pixels of a transposed convolution do not.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator
from typing import Any

import jax
from jax.extend import core

# The house's convolutions (nets/layers/conv_primitives.py): which of
# (first operand, second operand, result) is the output of the convolution
# and which the kernel. All three maps are of one trilinear form, so they cost
# the same.
CONVOLUTIONS = dict(conv_conv=(2, 1), conv_input_grad=(0, 1),
                    conv_kernel_grad=(1, 2))


@dataclasses.dataclass(frozen=True)
class Count:
  """Operations and memory traffic of matrix products and convolutions.

  Attributes:
    flops: floating point operations, two a multiply-add.
    bytes: of the operands and results, as if none stayed in a cache.
    calls: how many products and convolutions run.
    unknown: loops whose length is not known before they run; their bodies
      count once.
  """

  flops: int = 0
  bytes: int = 0
  calls: int = 0
  unknown: int = 0

  def __add__(self, other: 'Count') -> 'Count':
    return Count(self.flops + other.flops, self.bytes + other.bytes,
                 self.calls + other.calls, self.unknown + other.unknown)

  def times(self, n: int) -> 'Count':
    """What n runs cost."""
    return Count(n * self.flops, n * self.bytes, n * self.calls, self.unknown)


def count(fn: Callable[..., Any], *args: Any) -> Count:
  """What one call of `fn` costs, over all devices.

  Args:
    fn: a function that JAX can trace.
    *args: arrays, or `jax.ShapeDtypeStruct`s.
  """
  return of_jaxpr(jax.make_jaxpr(fn)(*args).jaxpr)


def of_jaxpr(jaxpr: core.Jaxpr) -> Count:
  """What one evaluation of a jaxpr costs."""
  return sum((_equation(eqn) for eqn in jaxpr.eqns), Count())


def _equation(eqn) -> Count:
  name, params = eqn.primitive.name, eqn.params
  if name in COUNTED:
    arrays = [v.aval for v in (*eqn.invars, *eqn.outvars)]
    return Count(COUNTED[name](*arrays, params),
                 sum(a.size * a.dtype.itemsize for a in arrays), 1)
  if name == 'cond':
    return max((of_jaxpr(b.jaxpr) for b in params['branches']),
               key=lambda c: c.flops)
  inner = sum(map(of_jaxpr, _jaxprs(params)), Count())
  if name == 'scan':
    return inner.times(params['length'])
  if name == 'shard_map':    # its body is what one device does
    mesh = params['mesh']
    return inner.times(math.prod(
        mesh.shape[axis] for axis in params['newly_manual_axes']))
  if name == 'while' and inner.calls:
    return inner + Count(unknown=1)
  return inner


def _jaxprs(params) -> Iterator[core.Jaxpr]:
  """The jaxprs that an equation's parameters hold (jit, scan, custom_jvp)."""
  for value in params.values():
    for item in value if isinstance(value, (tuple, list)) else (value,):
      if isinstance(item, core.ClosedJaxpr):
        yield item.jaxpr
      elif isinstance(item, core.Jaxpr):
        yield item


def _dot_general(lhs, rhs, out, params) -> int:
  (contracted, _), _ = params['dimension_numbers']
  return 2 * out.size * math.prod(lhs.shape[i] for i in contracted)


def _conv_general_dilated(lhs, rhs, out, params) -> int:
  numbers = params['dimension_numbers']
  space = [rhs.shape[i] for i in numbers.rhs_spec[2:]]
  outputs = [out.shape[i] for i in numbers.out_spec[2:]]
  # Along each axis, pairs of output and tap that meet a pixel of lhs, not a
  # zero that its dilation put between them.
  pairs = math.prod(
      sum((t * stride + k * spread - low) % apart == 0
          for t in range(n) for k in range(taps))
      for n, taps, stride, spread, apart, (low, _) in zip(
          outputs, space, params['window_strides'], params['rhs_dilation'],
          params['lhs_dilation'], params['padding']))
  batch, features = (out.shape[i] for i in numbers.out_spec[:2])
  return 2 * batch * features * pairs * rhs.shape[numbers.rhs_spec[1]]


def _house(name):
  at_output, at_kernel = CONVOLUTIONS[name]
  def cost(*arrays_and_params) -> int:
    *arrays, params = arrays_and_params
    kernel = arrays[at_kernel].shape[int(params['stack']):-1]
    return 2 * arrays[at_output].size * math.prod(kernel)
  return cost


COUNTED = dict(dot_general=_dot_general,
               conv_general_dilated=_conv_general_dilated,
               **{name: _house(name) for name in CONVOLUTIONS})
