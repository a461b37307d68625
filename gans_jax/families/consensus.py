"""Consensus optimisation: players who also shrink each other's gradients."""

import dataclasses
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import optax

from gans_jax.game import Game, Move, Player, Together, simultaneous
from gans_jax.turn import Metrics, PyTree, State


def gradients(game: Game, moves: Sequence[Move], state: State, batch: PyTree,
              key: jax.Array, stage=None) -> tuple[PyTree, State, Metrics]:
  """Every player's gradient at the same params, and no step.

  Args:
    game: the game.
    moves: as of `simultaneous`.
    state: at whose params.
    batch: [n, ...].
    key: of these moves.
    stage: static stage.

  Returns:
    Gradients {player: {net: tree}} of the players who move, the state with the
    statistics and the memory that the moves leave, and metrics.
  """
  # An optimizer that keeps what it is given, and leaves the params.
  keep = optax.GradientTransformation(
      lambda params: optax.tree.zeros_like(params),
      lambda grads, _, params: (optax.tree.zeros_like(grads), grads))
  still = dataclasses.replace(game, players={
      name: Player(p.nets, keep) for name, p in game.players.items()})
  who = {m.player for m in moves}
  opt = {name: keep.init({n: state.params[n] for n in game.players[name].nets})
         for name in who}
  after, metrics = simultaneous(
      still, moves, state.replace(opt=opt), batch, key, stage)
  return after.opt, after.replace(opt=state.opt), metrics


@dataclasses.dataclass(frozen=True)
class Consensus(Together):
  """Moves taken at once, plus the gradient of `weight/2 |v|^2`.

  v is the gradient of all players together, each of its own loss. Where v is 0
  nothing changes, so equilibria stay; but what circled around them is pulled
  in. Mescheder, Nowozin, Geiger 2017, "The numerics of GANs"
  (arXiv:1705.10461), section 4.

  Attributes:
    weight: gamma.
  """

  weight: float = 1.

  def step(self, game, state, batch, key, stage) -> tuple[State, Metrics]:
    def energy(params):
      found, after, metrics = gradients(
          game, self.moves, state.replace(params={**state.params, **params}),
          batch, key, stage)
      return (self.weight / 2 * optax.tree.norm(found, squared=True),
              (found, after, metrics))

    own = {n: state.params[n] for m in self.moves
           for n in game.players[m.player].nets}
    pull, (found, after, metrics) = jax.grad(energy, has_aux=True)(own)
    params, opt = dict(state.params), dict(state.opt)
    for name, grads in found.items():
      mine = {n: params[n] for n in grads}
      total = jax.tree.map(jnp.add, grads, {n: pull[n] for n in grads})
      updates, opt[name] = game.players[name].tx.update(total, opt[name], mine)
      params |= optax.apply_updates(mine, updates)
    return after.replace(params=params, opt=opt), metrics
