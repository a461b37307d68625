"""How XLA's CPU backend is made to convolve at the speed of its matmuls.

XLA hands a convolution on CPU to Eigen, which is good at one case: many
channels in and out, stride 1. It is bad at the others, and worst at the
weight gradient (a "convolution" whose kernel is as large as the picture),
which runs at 4 GFLOP/s on a machine whose matmuls reach 70. The forms below
say the same sums as matmuls, or as convolutions of the good case. Each
function picks its form from static shapes, so nothing is decided at run time.

All of them only slice, pad, reshape and contract with the batch as the
leading axis, which the SPMD partitioner splits over devices without moving
the batch (see `_accumulate` for the one place where this needs care).

Shapes: x [B, *S, C], kernel w [*K, C / groups, O], c [B, *T, O], where S are
the spatial sizes of the input and T those of the output.
"""

import itertools
import math

import jax
from jax import lax
import jax.numpy as jnp

from gans_jax.nets.layers import conv_lax
from gans_jax.nets.layers.conv_lax import Window

# Rows of the patch matrix that the weight gradient holds at a time: enough
# for an efficient matmul, few enough to stay in the cache.
ROWS = 2048
# Patches of the narrow side are taken where a row of them is this short.
THIN = 128
# Narrow groups are merged into blocks of this many channels, no more than
# BLOCKS of them: zeros are cheaper than many small convolutions.
WIDTH, BLOCKS = 16, 16


def conv(x: jax.Array, w: jax.Array, window: Window) -> jax.Array:
  """Convolution of x [B, *S, C] by w [*K, C / groups, O], [B, *T, O]."""
  *kernel, c, o = w.shape
  if window.groups > 1:
    return _grouped_conv(x, w, window)
  out = conv_lax.out_shape(x.shape[1:-1], kernel, window)
  taps, pixels = math.prod(kernel), math.prod(out)
  if taps == 1 or (pixels <= 16 and taps > 4) or pixels == 1:
    # Pointwise kernels are matmuls; on a few pixels (up to 4x4, the ends of
    # most nets) patches and a matmul beat Eigen, which blocks over pixels.
    y = _patches(x, kernel, out, window) @ w.reshape(-1, o)
    return y.reshape(-1, *out, o)
  if o <= 4 and set(window.strides) == {1}:
    # Few channels out (a generator's last layer): multiply first, and add up
    # the shifted products, so that what is copied has few channels too.
    w = jnp.moveaxis(w.reshape(-1, c, o), 0, 1).reshape(c, -1)
    z = (x.reshape(-1, c) @ w).reshape(*x.shape[:-1], -1, o)
    z = _pad(z, window.padding)
    return sum(
        _tap(z[..., i, :], at, out, window)
        for i, at in enumerate(itertools.product(*map(range, kernel))))
  if len(kernel) > 2:
    # Eigen's volume convolutions are slow: add up its flat ones, over the
    # slices that meet each tap of the first axis.
    flat = window.tail()
    y = sum(conv(a, w[i], flat) for i, a in _slices(x, kernel, out, window))
    return y.reshape(-1, *out, o)
  return conv_lax.conv(x, w, window)


def input_grad(
    c: jax.Array, w: jax.Array, window: Window, shape: tuple[int, ...]
) -> jax.Array:
  """Transpose of `conv` in its input: c [B, *T, O] to [B, *shape, C]."""
  *kernel, ch, o = w.shape
  out, groups = c.shape[1:-1], window.groups
  if math.prod(out) == 1 and groups == 1 and set(window.dilation) == {1}:
    # From one pixel (a generator's first layer): a dense layer, placed.
    z = c.reshape(-1, o) @ w.reshape(-1, o).T
    return _pad(z.reshape(-1, *kernel, ch), [
        (-lo, n + lo - k)
        for n, k, (lo, _) in zip(shape, kernel, window.padding)])
  if set(window.strides) == {1}:
    mirror = _mirror(window, kernel, shape, out)
    return conv(c, conv_lax.flip(w, groups), mirror)
  if set(window.dilation) != {1}:
    return conv_lax.input_grad(c, w, window, shape)
  return _phases(c, w, window, shape, ())


def _phases(c, w, window, shape, done):
  """Sub-pixel phases of a strided transpose, one axis after another.

  Output h of an axis with stride s gets the taps i with i = h + lo (mod s):
  the outputs of one residue are a plain stride-1 convolution of c by every
  s-th tap. XLA's own form convolves a picture that is mostly zeros.
  `done` holds (taps, padding) of the axes that are already split.
  """
  axis = len(done)
  if axis == len(shape):
    if any(taps == 0 for taps, _ in done):  # a stride beyond the kernel
      size = [n + sum(p) - max(taps - 1, 0)
              for n, (taps, p) in zip(c.shape[1:], done)]
      channels = w.shape[-2] * window.groups
      return jnp.zeros((c.shape[0], *size, channels), c.dtype)
    ones, padding = (1,) * axis, tuple(p for _, p in done)
    return conv(c, conv_lax.flip(w, window.groups),
                Window(ones, padding, ones, window.groups))
  n, m, k = shape[axis], c.shape[axis + 1], w.shape[axis]
  s, lo = window.strides[axis], window.padding[axis][0]
  size = -(-n // s)  # of each phase; the surplus is cut off at the end
  parts = []
  for h in range(s):
    quotient, residue = divmod(h + lo, s)
    taps = max(-(-(k - residue) // s), 0)
    before = taps - 1 - quotient
    # Without a tap the padding only tells the size of the zeros.
    pad = (before, size - m - before + taps - 1) if taps else (0, size - m)
    sub = lax.slice_in_dim(w, min(residue, k), k, s, axis)
    parts.append(_phases(c, sub, window, shape, (*done, (taps, pad))))
  y = jnp.stack(parts, axis + 2)
  y = y.reshape(*y.shape[:axis + 1], size * s, *y.shape[axis + 3:])
  return lax.slice_in_dim(y, 0, n, 1, axis + 1)


def kernel_grad(
    x: jax.Array, c: jax.Array, window: Window, kernel: tuple[int, ...]
) -> jax.Array:
  """Transpose of `conv` in its kernel: x and c to [*kernel, C / groups, O]."""
  ch, o, out = x.shape[-1], c.shape[-1], c.shape[1:-1]
  if window.groups > 1:
    return _grouped_kernel_grad(x, c, window, kernel)
  if math.prod(kernel) == 1 or math.prod(out) == 1:
    cols = _patches(x, kernel, out, window)
    return _contract(cols, c.reshape(-1, o)).reshape(*kernel, ch, o)
  if len(kernel) == 1:  # the one case that Eigen does well
    return conv_lax.kernel_grad(x, c, window, kernel)
  if len(kernel) > 2:
    flat, c = window.tail(), c.reshape(-1, *c.shape[2:])
    return jnp.stack([kernel_grad(a, c, flat, kernel[1:])
                      for _, a in _slices(x, kernel, out, window)])
  if (o < ch and o * math.prod(kernel) <= THIN
      and {*window.strides, *window.dilation} == {1}):
    # Few channels out: take the patches of c, the same sum seen from there.
    mirror = _mirror(window, kernel, x.shape[1:-1], out)
    return conv_lax.flip(kernel_grad(c, x, mirror, kernel))
  return _accumulate(x, c, window, kernel)


def _accumulate(x, c, window, kernel):
  """The kernel's gradient as a sum over some samples at a time.

  All patches at once would be prod(K) times the picture and leave the cache.
  A batch that is split over devices is in contiguous parts, so every part
  that a device may hold is walked through on its own, all parts in step;
  sums cross devices once, at the end.
  """
  batch, out = x.shape[0], c.shape[1:-1]
  parts = math.gcd(batch, jax.device_count())
  some = _divisor(batch // parts, ROWS // math.prod(out))
  steps = batch // parts // some
  x = _pad(x, window.padding)
  x, c = (a.reshape(parts, steps, some, *a.shape[1:]) for a in (x, c))

  def walk(x, c):
    partial = lambda i: _products(x[i], c[i], window, kernel)
    if steps == 1:
      return partial(0)
    shape = jax.eval_shape(partial, 0).shape
    zeros = conv_lax.vary(jnp.zeros(shape, x.dtype), conv_lax.varying(x))
    return lax.fori_loop(0, steps, lambda i, sum_: sum_ + partial(i), zeros)

  total = walk(x[0], c[0]) if parts == 1 else jax.vmap(walk)(x, c).sum(0)
  # [rows, O, columns C] of the products
  return total.swapaxes(1, 2).reshape(*kernel, x.shape[-1], c.shape[-1])


def _products(x, c, window, kernel):
  """c^T patches(x) for each row of taps (all taps in one, if few).

  Patches of a whole row of taps are long enough for a matmul, and a
  concatenation of the 25 pictures of a 5x5 kernel takes seconds to compile.
  """
  out, channels = c.shape[1:-1], x.shape[-1]
  bare = window._replace(padding=((0, 0),) * len(kernel))
  c = c.reshape(-1, c.shape[-1])
  if channels * math.prod(kernel) <= THIN:
    return _contract(c, _patches(x, kernel, out, bare))[None]
  along = bare._replace(strides=(1, bare.strides[1]))
  down = bare._replace(strides=(bare.strides[0], 1))
  x = jnp.concatenate([_tap(x, (0, j), (x.shape[1], out[1]), along)
                       for j in range(kernel[1])], -1)
  return jnp.stack([
      _contract(c, _tap(x, (i, 0), out, down).reshape(-1, x.shape[-1]))
      for i in range(kernel[0])])


def _divisor(n, most):
  """The largest divisor of n that is at most `most`, or 1."""
  return max(d for d in range(1, max(1, min(n, most)) + 1) if n % d == 0)


def _contract(a, b):
  return lax.dot_general(a, b, (((0,), (0,)), ((), ())))


def _grouped_conv(x, w, window):
  """XLA:CPU's own takes 2-25 times as long."""
  *kernel, c, o = w.shape
  groups = window.groups
  if c == 1 and o == groups:  # depthwise: a weighted sum of shifted pictures
    out = conv_lax.out_shape(x.shape[1:-1], kernel, window)
    x = _pad(x, window.padding)
    return sum(_tap(x, at, out, window) * w[at][0]
               for at in itertools.product(*map(range, kernel)))
  blocks = _blocks(groups, c)
  merged = groups // blocks
  # Block-diagonal kernels of `merged` groups each.
  w = w.reshape(*kernel, 1, c, blocks, merged, o // groups)
  w = w * jnp.eye(merged, dtype=w.dtype).reshape(merged, 1, 1, merged, 1)
  w = jnp.moveaxis(w, -3, 0).reshape(blocks, *kernel, merged * c, -1)
  window = window._replace(groups=1)
  return jnp.concatenate(
      [conv(a, b, window) for a, b in zip(jnp.split(x, blocks, -1), w)], -1)


def _grouped_kernel_grad(x, c, window, kernel):
  """XLA:CPU's own takes 4-200 times as long, and gathers a split batch."""
  groups, out = window.groups, c.shape[1:-1]
  ch, o = x.shape[-1] // groups, c.shape[-1] // groups
  if ch == o == 1:
    x = _pad(x, window.padding)
    sums = [jnp.sum(_tap(x, at, out, window) * c, range(c.ndim - 1))
            for at in itertools.product(*map(range, kernel))]
    return jnp.stack(sums).reshape(*kernel, 1, groups)
  blocks = _blocks(groups, ch)
  window = window._replace(groups=1)
  grads = jnp.stack([
      kernel_grad(a, b, window, kernel)
      for a, b in zip(jnp.split(x, blocks, -1), jnp.split(c, blocks, -1))])
  merged = groups // blocks
  grads = grads.reshape(blocks, -1, merged, ch, merged, o)
  return jnp.einsum('btmcmo->tcbmo', grads).reshape(*kernel, ch, groups * o)


def _blocks(groups, width):
  """Into how many convolutions groups of `width` channels are merged."""
  most = min(BLOCKS, max(1, groups * width // WIDTH))
  return _divisor(groups, most)


def _slices(x, kernel, out, window):
  """The first axis as batch: what each tap i of that axis meets."""
  pad = (window.padding[0],) + ((0, 0),) * (len(kernel) - 1)
  x = _pad(x, pad)
  s, d = window.strides[0], window.dilation[0]
  for i in range(kernel[0]):
    a = lax.slice_in_dim(x, i * d, i * d + (out[0] - 1) * s + 1, s, 1)
    yield i, a.reshape(-1, *x.shape[2:])


def _pad(x, padding):
  """Zeros around the spatial axes; negative padding crops."""
  rest = ((0, 0, 0),) * (x.ndim - 1 - len(padding))
  padding = ((0, 0, 0), *((lo, hi, 0) for lo, hi in padding), *rest)
  return lax.pad(x, jnp.zeros((), x.dtype), padding)


def _tap(x, at, out, window):
  """The pixels of padded x that meet the kernel's tap at index `at`."""
  start = [i * d for i, d in zip(at, window.dilation)]
  limit = [i + (n - 1) * s + 1
           for i, n, s in zip(start, out, window.strides)]
  return lax.slice(x, (0, *start, 0), (x.shape[0], *limit, x.shape[-1]),
                   (1, *window.strides, 1))


def _patches(x, kernel, out, window):
  """Rows of prod(K) C inputs, one for each output pixel, [B prod(T), K C]."""
  x = _pad(x, window.padding)
  if math.prod(out) == 1:  # one output pixel: its patch is a corner
    limit = [(k - 1) * d + 1 for k, d in zip(kernel, window.dilation)]
    x = lax.slice(x, (0,) * x.ndim, (x.shape[0], *limit, x.shape[-1]),
                  (1, *window.dilation, 1))
    return x.reshape(x.shape[0], -1)
  taps = [_tap(x, at, out, window)
          for at in itertools.product(*map(range, kernel))]
  cols = taps[0] if len(taps) == 1 else jnp.concatenate(taps, -1)
  return cols.reshape(-1, cols.shape[-1])


def _mirror(window, kernel, shape, out):
  """The window that carries outputs back to inputs, at stride 1."""
  padding = []
  for n, m, k, d, (lo, _) in zip(
      shape, out, kernel, window.dilation, window.padding):
    before = (k - 1) * d - lo
    padding.append((before, n - m - before + (k - 1) * d))
  return window._replace(padding=tuple(padding))
