"""Layers through which a discriminator compares the samples of a batch."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

Array = jax.Array


class MinibatchDiscrimination(nn.Module):
  """Appends to every sample how near the others of the batch are to it.

  Salimans et al. 2016 (arXiv:1606.03498), section 3.2. With the features f_i
  of a sample times a tensor T [F, kernels, dims] being M_i,

      o(i)_b = sum_{j != i} exp(-|M_{i,b} - M_{j,b}|_1)

  The layer takes a batch of its own: real samples and fakes in separate calls.
  It fits as `mix` of every discriminator here. Memory is B^2 x kernels x dims.

  Attributes:
    kernels: B, features that are appended.
    dims: C, of the space of each kernel.
    kernel_init: initialiser of T as a matrix [F, kernels x dims].
    dtype: what to compute in.
  """

  kernels: int = 100
  dims: int = 5
  kernel_init: Any = nn.initializers.normal(.05)
  dtype: Any = None

  @nn.compact
  def __call__(self, f: Array) -> Array:
    """[B, F] -> [B, F + kernels]."""
    n = f.shape[0]
    m = nn.Dense(self.kernels * self.dims, use_bias=False, dtype=self.dtype,
                 kernel_init=self.kernel_init)(f)
    m = m.reshape(n, self.kernels, self.dims)
    distance = jnp.sum(jnp.abs(m[:, None] - m[None]), -1)     # [B, B, kernels]
    near = jnp.sum(jnp.exp(-distance), 1) - 1                 # without itself
    return jnp.concatenate([f, near.astype(f.dtype)], -1)
