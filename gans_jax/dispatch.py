"""The compiled rounds of a game over a mesh."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax

from gans_jax import sharding
from gans_jax.game import Game, State, play, play_seeds


def compiled(game: Game, state: State, mesh, seeds: int, stage: Any = None,
             fsdp: bool = False):
  """The compiled rounds: (state, batches) -> (state, metrics [rounds, ...]).

  The state's buffers are donated. With `fsdp` each device keeps a part of the
  large arrays; params are gathered for the round, in which XLA places the
  collectives, and the optimizers update parts.
  """
  constrained = jax.lax.with_sharding_constraint
  game = dataclasses.replace(game, spread=_spread(mesh))
  one = functools.partial(play_seeds if seeds > 1 else play, game, stage=stage)
  plain = sharding.state_sharding(mesh, state, seeds)
  shardings = sharding.state_sharding(mesh, state, seeds, fsdp)

  def play_one(state, batch):
    if fsdp:
      state = state.replace(params=constrained(state.params, plain.params))
    state, logged = one(state, batch)
    return constrained(state, shardings) if fsdp else state, logged

  def rounds(state, batches):
    return jax.lax.scan(play_one, state, batches)

  if mesh.shape['seed'] > 1:
    # Seeds need no communication. Left to the partitioner, a vmapped
    # convolution would gather the seeds of all devices on each.
    specs = jax.tree.map(lambda s: s.spec, plain)
    rounds = jax.shard_map(
        rounds, mesh=mesh, in_specs=(specs, jax.P(None, 'seed')),
        out_specs=(specs, jax.P(None, 'seed')), axis_names={'seed'},
        check_vma=False)

  return jax.jit(
      rounds, donate_argnums=0,
      in_shardings=(shardings, sharding.batch_sharding(mesh, seeds)),
      out_shardings=(shardings, None))


def _spread(mesh) -> Callable[[jax.Array], jax.Array]:
  """Lays the noise of a turn over 'data', as its batch lies."""
  rows = jax.NamedSharding(mesh, jax.P('data'))
  size = mesh.shape['data']

  def spread(x: jax.Array) -> jax.Array:
    # Seeds over devices are manual in a shard_map; data has then few places.
    if size == 1 or mesh.shape['seed'] > 1 or x.shape[0] % size:
      return x
    return jax.lax.with_sharding_constraint(x, rows)
  return spread
