"""The nets of CaloGAN: Paganini, de Oliveira, Nachman 2017 (arXiv:1705.02355).

Three streams like LAGAN's, one for each layer of the calorimeter, of which the
deeper look at the one before them. Shapes as in `data.showers`. Fans of G's
locally connected kernels count all places, as Keras does: at first showers have
little energy, and a layer trusts its own picture.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.lagan import GLOROT, HE, embedded, heads, lrelu
from gans_jax.nets.layers import ends
from gans_jax.nets.layers import locally_connected as local
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.minibatch import MinibatchDiscrimination
from gans_jax.nets.layers.norm import norm

Array = jax.Array
Layers = dict[str, Array]

SCALE = 100.      # GeV, of what G is told
FAR = 5.          # GeV; by more than this a shower misses its energy
LATER = -10.      # first bias of what is carried over


def energies(layers: Mapping[str, Array]) -> Array:
  """GeV in each layer: [B, layers], of [B, r, c] each."""
  return jnp.stack([jnp.sum(x, (1, 2)) for x in layers.values()], -1)


def sparsity(x: Array) -> Array:
  """Share of the cells that have something in them: [B, r, c] -> [B, 1]."""
  return jnp.mean((x > 0).astype(jnp.float32), (1, 2))[:, None]


class Stream(nn.Module):
  """From a code to a layer: (r + 2, c + 2), (r + 1, c + 1), (r, c) cells.

  Attributes:
    shape: (r, c).
    width: channels of the dense layer.
    channels: of the convolution.
    local: of the first locally connected layer.
    dtype: what to compute in.
  """

  shape: Sequence[int]
  width: int = 36
  channels: int = 16
  local: int = 6
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, *, train: bool) -> Array:
    """[B, Z] -> [B, r, c, 1]."""
    rows, columns = (n + 2 for n in self.shape)
    h = nn.Dense(rows * columns * self.width, kernel_init=GLOROT,
                 dtype=self.dtype)(h).reshape(-1, rows, columns, self.width)
    h = lrelu(Conv(self.channels, (2, 2), kernel_init=HE, dtype=self.dtype)(h))
    h = norm('batch', h, train, dtype=self.dtype)
    h = lrelu(local.LocallyConnected(
        self.local, (2, 2), kernel_init=HE, dtype=self.dtype)(h))
    return local.LocallyConnected(
        1, (2, 2), use_bias=False, dtype=self.dtype,
        kernel_init=nn.initializers.glorot_normal())(h)


class Inpainting(nn.Module):
  """A mean of two pictures, weighted anew in each place: attention in depth.

  The weights are a softmax over logits that a locally connected layer finds in
  both pictures. At first the second counts for sigmoid(LATER), if its logits
  are 0 but for the bias.
  """

  dtype: Any = None

  @nn.compact
  def __call__(self, primary: Array, carried: Array) -> Array:
    """Two [B, r, c, 1] -> [B, r, c, 1]."""
    def later(key, shape, dtype=jnp.float32):
      del key
      return jnp.zeros(shape, dtype).at[..., -1].set(LATER)
    both = jnp.concatenate([primary, carried], -1)
    logits = local.LocallyConnected(
        2, (3, 3), padding=1, kernel_init=GLOROT, bias_init=later,
        dtype=self.dtype)(both)
    return jnp.sum(both * nn.softmax(logits), -1, keepdims=True)


def resized(x: Array, shape: Sequence[int]) -> Array:
  """[B, r, c, 1] in a finer layer's rows and a coarser one's columns.

  Rows are repeated, columns averaged: 3 x 96 cells become 12 x 12, and these
  12 x 6.

  Raises:
    ConfigError: the one shape does not divide into the other.
  """
  (r, c), (rows, columns) = x.shape[1:3], shape
  if rows % r or c % columns:
    raise ConfigError(
        f'a layer of {r} x {c} cells does not go into one of {rows} x '
        f'{columns}: rows are repeated and columns averaged')
  x = x.repeat(rows // r, 1)
  return jnp.mean(x.reshape(*x.shape[:2], columns, -1, x.shape[-1]), 3)


class Generator(nn.Module):
  """A stream for each layer, ReLU at their ends.

  Attributes:
    shapes: (r, c) of each layer by name, in the order of depth, as pairs.
    width: of `Stream`, as for all up to `local`.
    channels: see there.
    local: see there.
    attention: whether a layer looks at the one before it.
    dtype: what to compute in.
  """

  shapes: Sequence[tuple[str, Sequence[int]]]
  width: int = 36
  channels: int = 16
  local: int = 6
  attention: bool = True
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, energy: Array, y: Array | None = None, *,
               train: bool) -> Layers:
    """[B, Z], GeV [B] and one-hot [B, K] or None -> [B, r, c] by name, GeV."""
    code = embedded(z, y, self.dtype) * energy[:, None] / SCALE
    made, before = {}, None
    for name, shape in self.shapes:
      x = Stream(shape, self.width, self.channels, self.local, self.dtype)(
          code, train=train)
      if self.attention and before is not None:
        x = Inpainting(self.dtype)(x, resized(before, shape))
      before = x
      made[name] = ends.widened(nn.relu(x[..., 0]))
    return made


class Compared(nn.Module):
  """tanh of what minibatch discrimination says of features.

  Attributes:
    kernels: of minibatch discrimination.
    dims: of each.
  """

  kernels: int = 10
  dims: int = 10
  dtype: Any = None

  @nn.compact
  def __call__(self, f: Array) -> Array:
    """[B, F] -> [B, kernels]."""
    near = MinibatchDiscrimination(
        self.kernels, self.dims, kernel_init=GLOROT, dtype=self.dtype)(f)
    return jnp.tanh(near[:, f.shape[-1]:])


class Features(nn.Module):
  """What D looks at in one layer: its picture, its sparsity, the batch's.

  Attributes:
    channels: of the convolution.
    local: of the locally connected layers.
    kernels: of `Compared`.
    dims: likewise.
    dtype: what to compute in.
  """

  channels: int = 64
  local: Sequence[int] = (16, 8, 8)
  kernels: int = 10
  dims: int = 10
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool) -> Array:
    """[B, r, c] -> [B, F]."""
    compared = lambda f: Compared(self.kernels, self.dims, self.dtype)(f)
    h = lrelu(Conv(self.channels, (2, 2), kernel_init=GLOROT,
                   dtype=self.dtype)(x[..., None]))
    for features, size, stride in zip(self.local, (3, 2, 2), (2, 1, 2)):
      h = lrelu(local.LocallyConnected(
          features, (size, size), (1, stride), padding=1, dtype=self.dtype)(h))
      h = norm('batch', h, train, dtype=self.dtype)
    h, full = h.reshape(h.shape[0], -1), sparsity(x)
    return jnp.concatenate([h, compared(h), full, compared(full)], -1)


class Discriminator(nn.Module):
  """Features of each layer, and what energies say, through one dense layer.

  The energies are those of the layers over 10 GeV, their sum over 100 GeV, by
  how much that misses what was asked for, whether by more than FAR, and
  `Compared`.

  Attributes:
    channels: of `Features`, as for all up to `dims`.
    local: see there.
    kernels: see there.
    dims: see there.
    outputs: None, or logits of classes, as LAGAN's.
    dtype: what to compute in.
  """

  channels: int = 64
  local: Sequence[int] = (16, 8, 8)
  kernels: int = 10
  dims: int = 10
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, layers: Mapping[str, Array], energy: Array, *,
               train: bool):
    """[B, r, c] by name and GeV [B], asked for -> logits, as `lagan.heads`."""
    found = [Features(self.channels, self.local, self.kernels, self.dims,
                      self.dtype)(x, train=train) for x in layers.values()]
    own = energies(layers)
    total = jnp.sum(own, -1, keepdims=True)
    missed = jnp.abs(total - energy[:, None])
    h = jnp.concatenate([
        *found, own / 10, total / SCALE, missed,
        10. * (missed > FAR), Compared(self.kernels, self.dims, self.dtype)(own)
    ], -1)
    return heads(h, self.outputs, self.dtype)
