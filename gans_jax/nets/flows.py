"""Inverse autoregressive flows, by masked dense layers."""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

Array = jax.Array


class MaskedDense(nn.Module):
  """A dense layer, some of whose connections are not there.

  Attributes:
    mask: [inputs, features] of 0 and 1, as a nested tuple or an array.
    kernel_init: of the kernel, before the mask.
    use_bias: whether to add a bias.
  """

  mask: Any
  kernel_init: Any = nn.initializers.lecun_normal()
  use_bias: bool = True

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """[B, inputs] -> [B, features]."""
    mask = np.asarray(self.mask, np.float32)
    h = x @ (self.param('kernel', self.kernel_init, mask.shape) * mask)
    if self.use_bias:
      h += self.param('bias', nn.initializers.zeros_init(), mask.shape[1:])
    return h


class MADE(nn.Module):
  """Numbers of which the i-th hangs on the inputs that come before i alone.

  Germain et al. 2015 (arXiv:1502.03509), sections 3 and 4, with direct
  connections of inputs and outputs. Degrees of hidden units go round, in place
  of random ones.

  Attributes:
    outputs: for each input.
    hidden: widths.
    backwards: whether the last input comes first.
    last_init: of the kernels of the outputs.
  """

  outputs: int = 1
  hidden: Sequence[int] = (100,)
  backwards: bool = False
  last_init: Any = nn.initializers.zeros_init()

  @nn.compact
  def __call__(self, z: Array) -> Array:
    """[B, Z] -> [B, outputs, Z]."""
    n = z.shape[-1]
    place = np.arange(n)[::-1] if self.backwards else np.arange(n)
    degrees, h = place, z
    for width in self.hidden:
      # The last input is seen by no output: hidden units need not see it.
      own = np.arange(width) % max(n - 1, 1)
      h = nn.relu(MaskedDense(degrees[:, None] <= own)(h))
      degrees = own
    before = lambda of: np.tile(of[:, None] < place, (1, self.outputs))
    # A hidden unit of degree k has seen inputs up to the k-th.
    out = (MaskedDense(before(degrees), self.last_init)(h)
           + MaskedDense(before(place), self.last_init, use_bias=False)(z))
    return out.reshape(-1, self.outputs, n)


class IAF(nn.Module):
  """`z_i <- (z_i - m_i) exp(-s_i)`, m_i and s_i of the z before i; repeated.

  Kingma et al. 2016 (arXiv:1606.04934), section 4, with m and s by a `MADE`
  which at first gives zeros, so that the flow begins as the identity. The order
  turns round from step to step. Drawing is one pass; the inverse would take Z.

  Attributes:
    steps: how often.
    hidden: widths of each MADE.
    last_init: of the kernels of its outputs.
  """

  steps: int = 1
  hidden: Sequence[int] = (100,)
  last_init: Any = nn.initializers.zeros_init()

  @nn.compact
  def __call__(self, z: Array, *, train: bool) -> tuple[Array, Array]:
    """[B, Z] -> ([B, Z], log determinant of the Jacobian [B])."""
    del train
    log_det = jnp.zeros(z.shape[0])
    for step in range(self.steps):
      m, s = jnp.moveaxis(MADE(2, self.hidden, step % 2 == 1,
                               self.last_init)(z), 1, 0)
      z = (z - m) * jnp.exp(-s)
      log_det -= jnp.sum(s, -1)
    return z, log_det
