"""Traversals: one code goes through its values, all else stays."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Source
from gans_jax.eval.sampler import MODE, Mode, Sampler
from gans_jax.game import Game, Latent, State, Turn


def is_category(latent: Latent) -> bool:
  """Whether the values of a code are the categories, one-hot."""
  return np.array_equal(latent.values, np.eye(len(latent.values)))


class Traversals:
  """Draws them, by one compiled program a code.

  Attributes:
    latents: the spaces of the game that have values, by name.
  """

  def __init__(self, game: Game, source: Source, batch_size: int, mesh=None):
    """As `sampler.Sampler`."""
    self.latents: Mapping[str, Latent] = {
        k: v for k, v in game.latents.items() if v.values is not None}
    self._batch_size = batch_size
    self._samplers = {
        name: Sampler(dataclasses.replace(game, sample=_decoded(latent)),
                      source, batch_size, mesh)
        for name, latent in self.latents.items()}

  def draw(self, name: str, state: State, key: jax.Array, rows: int, *,
           ema: bool = True, stage: Any = None, mode: Mode = MODE,
           first: int = 0) -> np.ndarray:
    """Samples of a code's values.

    Args:
      name: of the code.
      state: of one run.
      key: of all that stays, other in each row.
      rows: at most the batch size.
      ema: use averaged params, where there are some.
      stage: static stage of the game.
      mode: how else samples are drawn.
      first: which batch of rows.

    Returns:
      [rows, values, ...].

    Raises:
      errors.ConfigError: no such code, or too many rows.
    """
    sampler = errors.choose(
        'code of this game to go through', name, self._samplers)
    if not 1 <= rows <= self._batch_size:
      raise errors.ConfigError(
          f'{rows} rows of a traversal: 1 to {self._batch_size}, the batch')
    drawn = sampler.draw(state, key, ema=ema, stage=stage, mode=mode)
    made = [drawn.given(first, codes=np.repeat(
        value[None], self._batch_size, 0))['x'][:rows]
        for value in self.latents[name].values]
    return np.stack(made, 1)


def _decoded(latent: Latent):
  """The codes of the batch, decoded; drawn ones where it has none."""
  def sample(t: Turn) -> dict[str, jax.Array]:
    codes = t.batch['codes'] if 'codes' in t.batch else latent.draw(t)
    made = latent.decode(t, codes)
    return made if isinstance(made, dict) else dict(x=made)
  return sample
