"""Weight normalisation, and its initialisation by data."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.turn import once_a_move

Array = jax.Array


class WeightNorm(nn.Module):
  """Splits the kernel of a layer into directions and lengths, `w = g v / |v|`.

  Salimans and Kingma 2016 (arXiv:1602.07868), eqs. 2, 5 and 6. The norm is
  that of all weights of an output. Lengths and biases are found on the first
  batch the net is initialised with, such that each output has mean 0 and
  standard deviation `std` over it: initialise on real data.

  The norm is found once a move and left to its later passes, so that devices
  with a share of the batch each need one sum of what flows back to the kernel.

  Attributes:
    layer: Dense, Conv or ConvTranspose without bias: a parameter 'kernel'
      whose last axis is the output. Its v stays among its own parameters.
    learn_scale: whether g is learnt; a constant of the gradient otherwise, as
      in the hidden layers of the code of Salimans et al. 2016.
    std: of the outputs at the beginning.
  """

  layer: nn.Module
  learn_scale: bool = True
  std: float = 1.

  @nn.compact
  def __call__(self, x: Array) -> Array:
    """Applies the layer, with a bias."""
    if self.is_initializing():
      self.layer(x)    # makes the kernel
    # Linear in the kernel by output, so the output is normalised in its place.
    # The norm first: what flows back through it is the last that is added.
    norm = self._norm(self.layer.variables['params']['kernel'])
    h = self.layer(x) / norm
    axes = tuple(range(h.ndim - 1))
    # These run when parameters are made, and only then.
    scale = self.param('scale', lambda key: self.std / jnp.sqrt(
        jnp.var(h, axes) + 1e-8))
    bias = self.param('bias', lambda key: -jnp.mean(h, axes) * scale)
    if not self.learn_scale:
      scale = jax.lax.stop_gradient(scale)
    return h * scale.astype(h.dtype) + bias.astype(h.dtype)

  def _norm(self, v: Array) -> Array:
    """|v| of each output, [O]."""
    return once_a_move(self, 'norm', lambda: jnp.sqrt(jnp.sum(
        jnp.square(v), tuple(range(v.ndim - 1))) + 1e-12))
