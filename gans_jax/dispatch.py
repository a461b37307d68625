"""The compiled rounds of a game over a mesh."""

import functools
from typing import Any

import jax

from gans_jax import sharding
from gans_jax.game import Game, State, play, play_seeds


def compiled(game: Game, state: State, mesh, seeds: int, stage: Any = None):
  """The compiled rounds: (state, batches) -> (state, metrics [rounds, ...]).

  The state's buffers are donated.
  """
  one = functools.partial(play_seeds if seeds > 1 else play, game, stage=stage)
  shardings = sharding.state_sharding(mesh, state, seeds)

  def rounds(state, batches):
    return jax.lax.scan(one, state, batches)

  if mesh.shape['seed'] > 1:
    # Seeds need no communication. Left to the partitioner, a vmapped
    # convolution would gather the seeds of all devices on each.
    specs = jax.tree.map(lambda s: s.spec, shardings)
    rounds = jax.shard_map(
        rounds, mesh=mesh, in_specs=(specs, jax.P(None, 'seed')),
        out_specs=(specs, jax.P(None, 'seed')), axis_names={'seed'},
        check_vma=False)

  return jax.jit(
      rounds, donate_argnums=0,
      in_shardings=(shardings, sharding.batch_sharding(mesh, seeds)),
      out_shardings=(shardings, None))
