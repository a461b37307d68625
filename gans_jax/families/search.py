"""Codes by gradient: each example's z goes down a cost of its own.

What inverts a frozen generator without an encoder (AnoGAN), projects pictures
into a latent space, or looks for codes that score high. The cost is a function.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

Array = jax.Array


def search(cost: Callable[[Array], Array], z: Array, *, steps: int = 500,
           tx: optax.GradientTransformation | None = None
           ) -> tuple[Array, Array]:
  """Steps down the gradient of `cost`, all examples at once.

  The gradient is that of the sum of the costs, not of their mean: a code's way
  does not hang on how many others there are, nor, with an optimizer that treats
  each number by itself (Adam), on what they are.

  Args:
    cost: z [n, ...] -> [n], the i-th a function of the i-th code alone: nets
      run in evaluation mode.
    z: to begin with.
    steps: of the optimizer, in one scan.
    tx: Adam(.01, .9, .999) by default.

  Returns:
    z after the last step, and the costs before each of them, [steps, n].
  """
  tx = optax.adam(.01) if tx is None else tx

  def total(z):
    costs = cost(z)
    return jnp.sum(costs), costs

  def step(carry, _):
    z, opt = carry
    gradient, costs = jax.grad(total, has_aux=True)(z)
    updates, opt = tx.update(gradient, opt, z)
    return (optax.apply_updates(z, updates), opt), costs

  (z, _), costs = jax.lax.scan(step, (z, tx.init(z)), length=steps)
  return z, costs
