"""Spectral normalisation of a layer's kernel."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.turn import once_a_move

Array = jax.Array

COLLECTION = 'spectral'

EPSILON = 1e-12


def _unit(x: Array, eps: float = EPSILON) -> Array:
  return x / jnp.maximum(jnp.linalg.norm(x), eps)


def power_iteration(w: Array, u: Array, eps: float = EPSILON
                    ) -> tuple[Array, Array]:
  """One step towards the first singular vectors of w [N, O] from u [O]."""
  v = _unit(w @ u, eps)
  return _unit(v @ w, eps), v


class SpectralNorm(nn.Module):
  """Divides the kernel of a layer by its largest singular value.

  Miyato et al. 2018 (arXiv:1802.05957), algorithm 1: the kernel as a matrix
  [O, everything else] has `sigma = u^T W v`; u and v follow its first singular
  vectors by one power iteration an update and are constants to the gradient,
  which flows through W in sigma. For a convolution this is the norm of the
  reshaped kernel, not of the operator.

  u and v are kept in the collection 'spectral', so that a pass which doesn't
  update them sees exactly the kernel of the pass that did. They should move
  once a D step: neither in the second of D's passes, nor in G's step, nor in
  evaluation. `flax.linen.SpectralNorm` iterates in those too, and forgets.

  In a move the pass that updates them leaves its kernel to the passes that
  don't. What flows back from all of these is then added before it goes through
  sigma, so that devices with a share of the batch each need one sum of it.

  Attributes:
    layer: a layer with a parameter 'kernel' whose last axis is the output;
      its own parameters stay where they would be without this wrapper.
    eps: the least norm that a vector is divided by.
  """

  layer: nn.Module
  eps: float = EPSILON

  @nn.compact
  def __call__(self, x: Array, *, update: bool) -> Array:
    """Applies the layer.

    Args:
      x: input of the layer.
      update: whether u and v take a step; 'spectral' must be mutable.

    Returns:
      The layer's output.
    """
    def normalised(variables):
      kernel = variables['params']['kernel']
      made = once_a_move(self, 'kernel', lambda: kernel / self._sigma(
          kernel.reshape(-1, kernel.shape[-1]), update), anew=update)
      return {'params': {**variables['params'], 'kernel': made}}

    if self.is_initializing():
      self.layer(x)    # map_variables' own init would store its view's params
    return nn.map_variables(
        lambda layer, x: layer(x), 'params', trans_in_fn=normalised)(
            self.layer, x)

  def _sigma(self, w: Array, update: bool) -> Array:
    """The norm of w [N, O], from the u and v of before or after a step."""
    constant = jax.lax.stop_gradient(w)
    if not self.has_variable(COLLECTION, 'u'):
      # As PyTorch: 15 steps from a random vector, or sigma begins far too low.
      u = _unit(jax.random.normal(self.make_rng('params'), w.shape[1:]))
      u, v = jax.lax.fori_loop(
          0, 15, lambda _, uv: power_iteration(constant, uv[0], self.eps),
          (u, _unit(constant @ u, self.eps)))
      self.put_variable(COLLECTION, 'u', u)
      self.put_variable(COLLECTION, 'v', v)
    u = self.get_variable(COLLECTION, 'u')
    v = self.get_variable(COLLECTION, 'v')
    if update and not self.is_initializing():
      u, v = power_iteration(constant, u, self.eps)
      self.put_variable(COLLECTION, 'u', u)
      self.put_variable(COLLECTION, 'v', v)
    return v @ w @ u
