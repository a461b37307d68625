"""Standing statistics: BatchNorm's averages, found again by sampling.

Brock et al. 2019 (arXiv:1809.11096), section 4 and appendix C.1: the running
averages of training belong to params of before; what is averaged over batches
that the very params make (averaged or not, truncated or not) fits them.
"""

from collections.abc import Iterable

import jax
import numpy as np

from gans_jax import game as game_lib

BATCHES = 16    # as BigGAN-PyTorch's --num_standing_accumulations
COLLECTION = 'batch_stats'


def statistics(game: game_lib.Game, state: game_lib.State, batch, key,
               stage=None) -> dict:
  """BatchNorm's statistics of one batch of samples.

  Args:
    game: the game.
    state: with the params to sample by.
    batch: conditions [n, ...].
    key: of the noise.
    stage: static stage.

  Returns:
    By net that has any: its tree of means and variances.
  """
  def after(start):
    stats = {net: {**tree, COLLECTION: jax.tree.map(
        lambda x: jax.numpy.full_like(x, start), tree[COLLECTION])}
        for net, tree in state.stats.items() if COLLECTION in tree}
    turn = game_lib.Turn(
        game, state.replace(stats={**state.stats, **stats}), batch, key,
        stage=stage)
    game.sample(turn)
    return {net: turn.stats[net][COLLECTION] for net in stats}

  # A running average is m old + (1 - m) new. From old = 0 and old = 1 follow m,
  # which is the module's own affair, and new. Where nothing moves (nets that
  # `sample` does not use) m is 1, and what was there stays.
  zero, one = after(0.), after(1.)
  def new(a, b, old):
    keep = b - a
    still = keep > 1 - 1e-6
    return jax.numpy.where(still, old, a / jax.numpy.where(still, 1, 1 - keep))
  return {net: jax.tree.map(new, zero[net], one[net],
                            state.stats[net][COLLECTION]) for net in zero}


def replace(state: game_lib.State, found: Iterable[dict]) -> game_lib.State:
  """The state with the mean of the statistics of several batches."""
  mean = jax.tree.map(lambda *x: np.mean(x, 0, np.float64).astype(x[0].dtype),
                      *found)
  return state.replace(stats={**state.stats, **{
      net: {**state.stats[net], COLLECTION: tree}
      for net, tree in mean.items()}})
