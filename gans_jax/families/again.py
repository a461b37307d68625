"""Moves that are made more than once on one batch."""

import dataclasses

import jax
import jax.numpy as jnp

from gans_jax.game import Move


@dataclasses.dataclass(frozen=True)
class Again(Move):
  """A move that is made `times` times, with the round's batch and other noise.

  Where `repeat` takes a fresh batch each time: for a G whose loss is on no
  real data, which would go past it unseen.
  """

  times: int = 2

  def step(self, game, state, batch, key, stage):
    once = super().step

    def body(state, i):
      return once(game, state, batch, jax.random.fold_in(key, i), stage)

    state, metrics = jax.lax.scan(body, state, jnp.arange(self.times))
    return state, jax.tree.map(jnp.mean, metrics)
