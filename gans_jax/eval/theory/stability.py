"""Where a game's own moves lead from a point: linearisations, trajectories.

A point at which no player gains by a small step of its own need not be one
that the players' steps lead to. Near it the flow of simultaneous gradients is
`x' = J x`: eigenvalues of J with negative real parts pull in, imaginary ones
circle for ever (Mescheder et al. 2018, arXiv:1801.04406, section 2).
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from gans_jax import game as games
from gans_jax.families.consensus import gradients
from gans_jax.game import Game, State

Array = jax.Array


def _at(state: State, params: Array) -> State:
  return state.replace(params=ravel_pytree(state.params)[1](params))


def flow_jacobian(game: Game, state: State, batch) -> Array:
  """J [P, P] of `x' = -gradients`, all moves of a round at the same params x.

  Args:
    game: the game; moves that are skipped in some rounds count in full.
    state: at whose params; P is their number, in the order of their names.
    batch: [n, ...]; noise is that of the state's key.
  """
  moves = tuple(m for item in game.round for m in item.moves)

  def flow(params):
    found, *_ = gradients(game, moves, _at(state, params), batch, state.key)
    return -ravel_pytree(dict(
        sorted((k, v) for own in found.values() for k, v in own.items())))[0]
  return jax.jacobian(flow)(ravel_pytree(state.params)[0])


def round_jacobian(game: Game, state: State, batches) -> Array:
  """The derivative [P, P] of what a round, with its optimizers, makes of x.

  Eigenvalues within the unit circle pull in, those outside drive away.

  Args:
    game: the game.
    state: at whose params.
    batches: [game.batches, n, ...].
  """
  def play(params):
    after, _ = games.play(game, _at(state, params), batches)
    return ravel_pytree(after.params)[0]
  return jax.jacobian(play)(ravel_pytree(state.params)[0])


def trajectory(game: Game, state: State, batches, params: Sequence[float],
               rounds: int) -> Array:
  """Params [rounds + 1, P] of a game that begins at `params`.

  Args:
    game: the game.
    state: of `gans_jax.game.init`.
    batches: [game.batches, n, ...], of every round.
    params: [P] to begin with, in the order of their names.
    rounds: to play.
  """
  def step(state, _):
    state, _ = games.play(game, state, batches)
    return state, ravel_pytree(state.params)[0]
  start = jnp.asarray(params, jnp.float32)
  _, path = jax.lax.scan(step, _at(state, start), None, rounds)
  return jnp.concatenate([start[None], path])
