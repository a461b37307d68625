"""Large batches on small memories: gradients of several batches a step."""

import dataclasses

import optax

from gans_jax.game import Game


def accumulated(game: Game, batches: int) -> Game:
  """The game in which a step is on the mean gradient of several batches.

  As BigGAN-PyTorch has it: a player takes the gradients of `batches` batches
  in turn, all at the same params of all players, then steps; only then is it
  the next one's turn. `optim.make(accumulate=...)` alone lets players take
  turns while they gather, so that all but the last of G's gradients are at a D
  that is to move.

  It isn't one large batch: BatchNorm sees the small ones, its averages and
  spectral vectors move with each of them, and a loss that isn't a mean over
  the batch differs.

  Args:
    game: any game.
    batches: how many; a round then consumes as many times more.

  Returns:
    The game; itself for 1.
  """
  if batches == 1:
    return game
  return dataclasses.replace(
      game,
      players={name: player._replace(tx=optax.MultiSteps(player.tx, batches))
               for name, player in game.players.items()},
      round=[dataclasses.replace(item, repeat=batches * item.repeat)
             for item in game.round])
