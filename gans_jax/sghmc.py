"""Stochastic gradient Hamiltonian Monte Carlo, as an optimizer.

Chen, Fox, Guestrin 2014 (arXiv:1402.4102), eq. 15: momentum SGD, and the noise
that makes of it a sampler of a posterior.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from gans_jax import errors

PyTree = Any


class State(NamedTuple):
  """State of `sghmc`: all that its next step depends on."""

  count: jax.Array        # steps so far
  key: jax.Array          # of the noise; a step's is fold_in(key, count)
  velocity: PyTree
  burn: PyTree            # Adam's state; () without a burn-in


def sghmc(lr: float | Callable[[jax.Array], jax.Array], alpha: float = .1,
          temperature: float = 0., burn_in: int = 0, burn_lr: float = 2e-4,
          b1: float = .5, seed: int = 0) -> optax.GradientTransformation:
  """Samples params in proportion to `e^{-U(params) / temperature}`.

      v <- (1 - alpha) v - lr grad U + N(0, 2 alpha lr temperature)
      params <- params + v

  Of a posterior over N examples, U is minus its log divided by N, as losses
  are means, and the temperature is 1 / N: the same chain as with U times N,
  temperature 1 and lr / N. Temperature 0 is momentum SGD, which ends at the
  maximum of the posterior.

  Args:
    lr: step size, or a function of the steps so far.
    alpha: friction; 1 - alpha is the momentum.
    temperature: of the noise; the estimate of the noise of the gradient
      itself, beta in the paper, is 0.
    burn_in: steps of Adam before, from which the chain starts at rest.
    burn_lr: of Adam.
    b1: of Adam.
    seed: of the noise. In a game the key is made anew of the run's, so that
      players and seeds differ (see `game.init`).

  Returns:
    The transformation.

  Raises:
    errors.ConfigError: alpha is not in (0, 1], or the temperature is negative.
  """
  if not 0 < alpha <= 1 or temperature < 0:
    raise errors.ConfigError(
        'sghmc needs 0 < alpha <= 1 and a temperature of 0 or more, not '
        f'alpha={alpha}, temperature={temperature}')
  adam = optax.adam(burn_lr, b1=b1)

  def init(params: PyTree) -> State:
    return State(jnp.zeros((), jnp.int32), jax.random.key(seed),
                 optax.tree.zeros_like(params),
                 adam.init(params) if burn_in else ())

  def step(updates: PyTree, state: State) -> tuple[PyTree, State]:
    rate = lr(state.count) if callable(lr) else lr
    std = jnp.sqrt(2. * alpha * rate * temperature)
    key = jax.random.fold_in(state.key, state.count)
    leaves, tree = jax.tree.flatten(updates)
    noise = tree.unflatten([
        jax.random.normal(jax.random.fold_in(key, i), x.shape, x.dtype)
        for i, x in enumerate(leaves)])
    velocity = jax.tree.map(
        lambda v, g, n: ((1 - alpha) * v - rate * g + std * n).astype(v.dtype),
        state.velocity, updates, noise)
    return velocity, state._replace(velocity=velocity)

  def burn(updates: PyTree, state: State) -> tuple[PyTree, State]:
    updates, inner = adam.update(updates, state.burn)
    return updates, state._replace(burn=inner)

  def update(updates, state, params=None):
    del params
    if burn_in:
      updates, state = jax.lax.cond(
          state.count < burn_in, burn, step, updates, state)
    else:
      updates, state = step(updates, state)
    return updates, state._replace(count=state.count + 1)

  return optax.GradientTransformation(init, update)
