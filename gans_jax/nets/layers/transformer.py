"""Transformer blocks on tokens of pictures: attention by heads, and MLPs."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import windows
from gans_jax.nets.layers.ends import Init

Array = jax.Array

# U(-1 / sqrt(fan in), 1 / sqrt(fan in)): PyTorch's own for dense layers.
UNIFORM = nn.initializers.variance_scaling(1 / 3, 'fan_in', 'uniform')
NORMAL = nn.initializers.normal(.02)


class TokenNorm(nn.Module):
  """Normalises every token by itself.

  Attributes:
    kind: 'layer': to mean 0 and variance 1, with gains and biases (Ba et al.
      2016, arXiv:1607.06450). 'pixel': to a mean square of 1 (Karras et al.
      2018, arXiv:1710.10196, section 4.2). None: not at all.
    dtype: what to return; statistics are float32.
  """

  kind: str | None = 'layer'
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array) -> Array:
    """[B, N, C] -> the same.

    Raises:
      ConfigError: if the kind is unknown.
    """
    if self.kind is None:
      return h
    if self.kind == 'layer':
      return nn.LayerNorm(epsilon=1e-5, dtype=self.dtype)(h)
    if self.kind == 'pixel':
      wide = h.astype(jnp.promote_types(h.dtype, jnp.float32))
      square = jnp.mean(jnp.square(wide), -1, keepdims=True)
      return (wide * jax.lax.rsqrt(square + 1e-8)).astype(h.dtype)
    raise ConfigError(
        f"the norm of tokens is 'layer', 'pixel' or None, not {self.kind!r}")


class TokenNoise(nn.Module):
  """Adds one number to all of a token: N(0, 1) times a strength learnt from 0.

  The code of Jiang et al. 2021 (TransGAN). In evaluation, too; the generator
  of random numbers is 'noise'.
  """

  @nn.compact
  def __call__(self, h: Array) -> Array:
    """[B, N, C] -> the same."""
    strength = self.param('strength', nn.initializers.zeros_init(), ())
    noise = jax.random.normal(self.make_rng('noise'), (*h.shape[:-1], 1))
    return h + (strength * noise).astype(h.dtype)


def attend(query: Array, key: Array, value: Array, heads: int,
           bias: Array | None = None) -> Array:
  """Scaled attention, each of `heads` on its own share of the channels.

  Vaswani et al. 2017 (arXiv:1706.03762), eq. 1: the mean of values by
  softmax(<q, k> / sqrt(C / heads) + bias).

  Args:
    query: [..., N, C].
    key: [..., M, C].
    value: [..., M, C].
    heads: of which C is a multiple.
    bias: None, or [heads, N, M].

  Returns:
    [..., N, C].

  Raises:
    ConfigError: the heads do not divide the channels.
  """
  channels = query.shape[-1]
  if channels % heads:
    raise ConfigError(f'{heads} heads do not divide {channels} channels')
  query, key, value = (
      x.reshape(*x.shape[:-1], heads, -1) for x in (query, key, value))
  scores = jnp.einsum('...nhd,...mhd->...hnm', query, key)
  scores = scores.astype(jnp.promote_types(scores.dtype, jnp.float32))
  scores *= (channels // heads) ** -.5
  if bias is not None:
    scores += bias
  weights = jax.nn.softmax(scores, -1).astype(value.dtype)
  out = jnp.einsum('...hnm,...mhd->...nhd', weights, value)
  return out.reshape(*out.shape[:-2], channels)


class Attention(nn.Module):
  """Self-attention of tokens; without a `window` their order means nothing.

  Attributes:
    heads: of which the channels are a multiple.
    window: if not 0, tokens are the places of a square of this side, and the
      scores of each pair have a bias by their difference, a head's own.
    noise: whether the tokens get `TokenNoise` first.
    kernel_init: of all kernels.
    dtype: what to compute in.
  """

  heads: int = 4
  window: int = 0
  noise: bool = False
  kernel_init: Init = UNIFORM
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array) -> Array:
    """[..., N, C] -> the same; N is window^2 if that is not 0."""
    dense = lambda width, name, **options: nn.Dense(
        width, kernel_init=self.kernel_init, dtype=self.dtype, name=name,
        **options)
    channels, bias = h.shape[-1], None
    if self.noise:
      h = TokenNoise(name='noise')(h)
    if self.window:
      table = self.param('bias', NORMAL,
                         ((2 * self.window - 1) ** 2, self.heads))
      bias = table[windows.relative_index(self.window)].transpose(2, 0, 1)
    qkv = dense(3 * channels, 'qkv', use_bias=False)(h)
    out = attend(*jnp.split(qkv, 3, -1), self.heads, bias)
    return dense(channels, 'out')(out)


class CrossAttention(nn.Module):
  """`h + out(attention of h to others)`: tokens ask, others answer.

  The code of Jiang et al. 2021 (TransGAN) for 256 pixels: no normalisation, and
  no positions but those which the tokens have.

  Attributes:
    heads: of which h's channels are a multiple.
    kernel_init: of all kernels.
    dtype: what to compute in.
  """

  heads: int = 4
  kernel_init: Init = UNIFORM
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, others: Array) -> Array:
    """[B, N, C] and [B, M, C'] -> [B, N, C]."""
    dense = lambda name, **options: nn.Dense(
        h.shape[-1], kernel_init=self.kernel_init, dtype=self.dtype, name=name,
        **options)
    query, key, value = (
        dense(name, use_bias=False)(x)
        for name, x in (('query', h), ('key', others), ('value', others)))
    return h + dense('out')(attend(query, key, value, self.heads))


class Block(nn.Module):
  """`h + attention(norm(h))`, then `h + mlp(norm(h))`.

  Attributes:
    heads: of attention.
    positions: whether pairs have a bias by the difference of their places.
    window: None: tokens attend to all; n: to those in their own n x n window
      ("grid attention"), the same weights everywhere.
    norm: of `TokenNorm`.
    noise: whether attention's tokens get `TokenNoise`.
    ratio: width of the MLP over that of h.
    kernel_init: of all kernels.
    dtype: what to compute in.
  """

  heads: int = 4
  positions: bool = True
  window: int | None = None
  norm: str | None = 'layer'
  noise: bool = False
  ratio: int = 4
  kernel_init: Init = UNIFORM
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, others: Array | None = None) -> Array:
    """[B, N, C] -> the same; with others [B, M, C'] it asks these first.

    Raises:
      ConfigError: positions or windows, and N is no square, or windows do not
        fill it.
    """
    dense = lambda width: nn.Dense(
        width, kernel_init=self.kernel_init, dtype=self.dtype)
    if others is not None:
      h = CrossAttention(self.heads, self.kernel_init, self.dtype)(h, others)
    n = (self.window or windows.side(h)) if self.positions else 0
    attention = Attention(self.heads, n, self.noise, self.kernel_init,
                          self.dtype)
    a = TokenNorm(self.norm, self.dtype)(h)
    if self.window:
      whole = windows.side(h)
      a = windows.split(a.reshape(-1, whole, whole, a.shape[-1]), self.window)
      a = windows.join(attention(a), whole, whole).reshape(h.shape)
    else:
      a = attention(a)
    h = h + a
    m = dense(self.ratio * h.shape[-1])(TokenNorm(self.norm, self.dtype)(h))
    return h + dense(h.shape[-1])(nn.gelu(m, approximate=False))
