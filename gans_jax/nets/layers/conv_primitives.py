"""Convolution as three primitives that are each other's derivatives.

For fixed shapes, <conv(x, w), c> is a form linear in each of x, w and c. Its
three partial derivatives are

  conv         x, w -> c      the convolution
  input_grad   c, w -> x      its transpose in x ("transposed convolution")
  kernel_grad  x, c -> w      its transpose in w

and a derivative of any of them is another of them. So jvp, vjp and every
mixed order (Hessian-vector products, gradient penalties) stay within the
three, and a platform needs only three lowerings: `conv_cpu` on CPU, one
`lax.conv_general_dilated` each (`conv_lax`) elsewhere.

With `stack=True` both operands, and the result, have a leading axis of
independent problems: what `vmap` over seeds makes of them. Problems that are
spread over devices should be so by `shard_map` over their mesh axis (the
batch axis may stay automatic): the partitioner alone would gather them.
"""

import functools

import jax
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad
from jax.interpreters import batching
from jax.interpreters import mlir
import jax.numpy as jnp

from gans_jax.nets.layers import conv_cpu
from gans_jax.nets.layers import conv_lax
from gans_jax.nets.layers.conv_lax import Window


def conv(x: jax.Array, w: jax.Array, window: Window) -> jax.Array:
  """Convolution of x [B, *S, C] by w [*K, C / groups, O], [B, *T, O]."""
  return _bind(_conv_p, x, w, window=window, stack=False)


def input_grad(
    c: jax.Array, w: jax.Array, window: Window, shape: tuple[int, ...]
) -> jax.Array:
  """Transpose of `conv` in its input: c [B, *T, O] to [B, *shape, C]."""
  return _bind(
      _input_grad_p, c, w, window=window, shape=tuple(shape), stack=False)


def kernel_grad(
    x: jax.Array, c: jax.Array, window: Window, kernel: tuple[int, ...]
) -> jax.Array:
  """Transpose of `conv` in its kernel: x and c to [*kernel, C / groups, O]."""
  return _bind(
      _kernel_grad_p, x, c, window=window, kernel=tuple(kernel), stack=False)


def _bind(primitive, a, b, **params):
  """Binds after giving both operands one type and one set of manual axes."""
  dtype = jnp.promote_types(a.dtype, b.dtype)
  a, b = a.astype(dtype), b.astype(dtype)
  # Inside shard_map a replicated kernel meets a batch that varies by device.
  # The cast makes the kernel vary too; its transpose is the sum over devices.
  axes = conv_lax.varying(a) | conv_lax.varying(b)
  a, b = conv_lax.vary(a, axes), conv_lax.vary(b, axes)
  return primitive.bind(a, b, **params)


def _conv_shape(x, w, *, window):
  space = conv_lax.out_shape(x[1:-1], w[:-2], window)
  return (x[0], *space, w[-1])


def _input_grad_shape(c, w, *, window, shape):
  return (c[0], *shape, w[-2] * window.groups)


def _kernel_grad_shape(x, c, *, window, kernel):
  return (*kernel, x[-1] // window.groups, c[-1])


def _abstract(shape_rule, a, b, *, stack, **params):
  s = int(stack)
  shape = shape_rule(a.shape[s:], b.shape[s:], **params)
  # An update keeps the manual mesh axes. All three maps keep the rank too.
  return a.update(shape=a.shape[:s] + shape, weak_type=False)


def _on_cpu(form, a, b, *, stack, **params):
  """The CPU form, in float32 where the operands are of less."""
  dtype = a.dtype
  if jnp.finfo(dtype).bits < 32:
    a, b = a.astype(jnp.float32), b.astype(jnp.float32)
  form = functools.partial(form, **params)
  # One problem after another is as fast as the loop unrolled, and 1.4 to 8
  # times as fast as what vmap makes of a convolution, one with groups.
  y = lax.map(lambda ab: form(*ab), (a, b)) if stack else form(a, b)
  return y.astype(dtype)


def _elsewhere(form, a, b, *, stack, **params):
  form = functools.partial(form, **params)
  # JAX batches a convolution with both operands batched by groups.
  return jax.vmap(form)(a, b) if stack else form(a, b)


def _primitive(name, shape_rule):
  p = Primitive('conv_' + name)
  p.def_abstract_eval(functools.partial(_abstract, shape_rule))
  statics = ('window', 'shape', 'kernel', 'stack')
  p.def_impl(jax.jit(p.bind, static_argnames=statics))
  for run, module, platform in (
      (_elsewhere, conv_lax, None), (_on_cpu, conv_cpu, 'cpu')):
    form = functools.partial(run, getattr(module, name))
    mlir.register_lowering(
        p, mlir.lower_fun(form, multiple_results=False), platform=platform)
  batching.primitive_batchers[p] = functools.partial(_batch, p)
  return p


def _batch(p, args, axes, *, stack, **params):
  """Folds a mapped axis into the batch, or else into the stack."""
  a, b = args
  n = a.shape[axes[0]] if axes[0] is not None else b.shape[axes[1]]
  at = int(stack)  # where a leading axis goes that can be folded
  a, b = (
      v if axis is None else jnp.moveaxis(v, axis, at)
      for v, axis in zip((a, b), axes))
  fold = lambda v: v.reshape(*v.shape[:at], -1, *v.shape[at + 2:])
  if axes[1] is None and p is not _kernel_grad_p:
    y = p.bind(fold(a), b, stack=stack, **params)
    return y.reshape(*y.shape[:at], n, -1, *y.shape[at + 1:]), at
  # Both mapped (seeds), or one alone where it cannot join the batch.
  spread = lambda v: jnp.broadcast_to(
      jnp.expand_dims(v, at), (*v.shape[:at], n, *v.shape[at:]))
  a, b = (spread(v) if axis is None else v for v, axis in zip((a, b), axes))
  if stack:
    y = p.bind(*(v.reshape(-1, *v.shape[2:]) for v in (a, b)),
               stack=True, **params)
    return y.reshape(-1, n, *y.shape[1:]), 1
  return p.bind(a, b, stack=True, **params), 0


_conv_p = _primitive('conv', _conv_shape)
_input_grad_p = _primitive('input_grad', _input_grad_shape)
_kernel_grad_p = _primitive('kernel_grad', _kernel_grad_shape)


def _space(v, stack):
  """Spatial sizes of a picture, known or an undefined primal."""
  return getattr(v, 'aval', v).shape[1 + stack:-1]


def _taps(w, stack):
  return getattr(w, 'aval', w).shape[int(stack):-2]


def _to_conv(a, b, *, window, stack):
  return _conv_p.bind(a, b, window=window, stack=stack)


def _to_input(c, w, x, *, window, stack):
  return _input_grad_p.bind(
      c, w, window=window, shape=_space(x, stack), stack=stack)


def _to_kernel(x, c, w, *, window, stack):
  return _kernel_grad_p.bind(
      x, c, window=window, kernel=_taps(w, stack), stack=stack)


# Each rule gets the cotangent and both operands; the one it is to find a
# cotangent for is an undefined primal, of which only the shape is read.
ad.defbilinear(
    _conv_p,
    lambda c, x, w, **kw: _to_input(c, w, x, **kw),
    lambda c, x, w, **kw: _to_kernel(x, c, w, **kw))
ad.defbilinear(
    _input_grad_p,
    lambda x, c, w, shape, **kw: _to_conv(x, w, **kw),
    lambda x, c, w, shape, **kw: _to_kernel(x, c, w, **kw))
ad.defbilinear(
    _kernel_grad_p,
    lambda w, x, c, kernel, **kw: _to_input(c, w, x, **kw),
    lambda w, x, c, kernel, **kw: _to_conv(x, w, **kw))
