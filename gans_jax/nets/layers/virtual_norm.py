"""Virtual batch normalisation: statistics of a batch that stays the same."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

Array = jax.Array


class VirtualBatchNorm(nn.Module):
  """Normalises each example by the reference batch and itself.

  Salimans et al. 2016 (arXiv:1606.03498), section 3.5: with the means m_R of h
  and s_R of h^2 over a reference batch of n examples, an example x has

      mean = (m(x) + n m_R) / (n + 1),  square = (m(x^2) + n s_R) / (n + 1)

  where m(.) is over the pixels of x, by channel. So examples don't depend on
  each other, as they do by BatchNorm. The first n rows are the reference batch
  at this layer: see `WithReference`, which puts them there. They are
  normalised by their own mean and variance.

  Attributes:
    n: rows of the reference batch.
    dtype: what to return; statistics are float32.
    scale_init: initialiser of the gain.
  """

  n: int
  dtype: Any = None
  scale_init: Any = nn.initializers.ones_init()

  @nn.compact
  def __call__(self, h: Array) -> Array:
    """[n + B, ..., C] -> the same."""
    wide = h.astype(jnp.promote_types(h.dtype, jnp.float32))
    pixels = tuple(range(1, h.ndim - 1))
    mean = jnp.mean(wide, pixels, keepdims=True)              # [n + B, 1, C]
    square = jnp.mean(jnp.square(wide), pixels, keepdims=True)
    is_reference = (jnp.arange(h.shape[0]) < self.n).reshape(
        -1, *(1,) * (h.ndim - 1))

    def joined(own):
      reference = jnp.mean(own[:self.n], 0, keepdims=True)
      return jnp.where(is_reference, reference,
                       (own + self.n * reference) / (self.n + 1))

    mean = joined(mean)
    # Of a square and a mean: rounding may make it negative.
    variance = jnp.maximum(joined(square) - jnp.square(mean), 0.)
    channels = (h.shape[-1],)
    scale = self.param('scale', self.scale_init, channels)
    bias = self.param('bias', nn.initializers.zeros_init(), channels)
    out = (wide - mean) / jnp.sqrt(variance + 1e-5) * scale + bias
    return out.astype(self.dtype or h.dtype)


class WithReference(nn.Module):
  """A net that sees a reference batch before every batch of its own.

  The reference is the beginning of the batch that the net is initialised with;
  it is kept in the collection 'reference', so checkpoints have it. Fewer
  examples than n are repeated.

  Attributes:
    net: whose normalisations are `VirtualBatchNorm`s of n.
    n: examples of the reference batch.
  """

  net: nn.Module
  n: int

  @nn.compact
  def __call__(self, *args: Array, train: bool, **options: Any) -> Array:
    """As `net`, by the rows that are asked for alone."""
    keep = lambda a: jnp.resize(a[:self.n], (self.n, *a.shape[1:]))
    reference = self.variable(
        'reference', 'batch', lambda: [keep(a) for a in args])
    joined = [jnp.concatenate([r.astype(a.dtype), a])
              for r, a in zip(reference.value, args)]
    return self.net(*joined, train=train, **options)[self.n:]
