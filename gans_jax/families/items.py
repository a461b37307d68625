"""What a round may have that is no move of a player (see `game.Game.round`).

An item has a `step` of its own, and may change all of the state.
"""

import dataclasses
from collections.abc import Callable

import jax


@dataclasses.dataclass(frozen=True)
class Outside:
  """The fields that the game asks of every item, and no moves.

  Attributes:
    when: step -> bool; skipped where false. None: never.
    repeat: how often a round.
    first: of the round's batches, see `game.Move`.
    moves: none.
  """

  when: Callable[[jax.Array], jax.Array] | None = None
  repeat: int = 1
  first: int | None = None
  moves: tuple = ()
