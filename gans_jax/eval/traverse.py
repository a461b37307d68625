"""Traversals: one code goes through its values, all else stays."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from gans_jax import errors, images
from gans_jax.data.spec import Source, Spec
from gans_jax.eval import export
from gans_jax.eval.sampler import MODE, Mode, Sampler
from gans_jax.game import Game, Latent, State, Turn

GAP = 10    # pixels between blocks


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

  def category(self) -> str | None:
    """The first code that is a category."""
    return next(filter(lambda k: is_category(self.latents[k]), self.latents),
                None)

  def draw(self, name: str, state: State, key: jax.Array, rows: int, *,
           ema: bool = True, stage: Any = None, mode: Mode = MODE
           ) -> np.ndarray:
    """Samples of a code's values.

    Args:
      name: of the code.
      state: of one run.
      key: of all that stays, other in each row.
      rows: how many.
      ema: use averaged params, where there are some.
      stage: static stage of the game.
      mode: how else samples are drawn.

    Returns:
      [rows, values, ...].

    Raises:
      errors.ConfigError: no such code, or no rows.
    """
    sampler = errors.choose(
        'code of this game to go through', name, self._samplers)
    if rows < 1:
      raise errors.ConfigError(f'{rows} rows of a traversal: 1 or more')
    drawn = sampler.draw(state, key, ema=ema, stage=stage, mode=mode)
    return np.concatenate([np.stack([drawn.given(i, codes=np.repeat(
        value[None], self._batch_size, 0))['x']
        for value in self.latents[name].values], 1)
        for i in range(-(-rows // self._batch_size))])[:rows]


def _decoded(latent: Latent):
  """The codes of the batch, decoded; drawn ones where it has none."""
  def sample(t: Turn) -> dict[str, jax.Array]:
    codes = t.batch['codes'] if 'codes' in t.batch else latent.draw(t)
    made = latent.decode(t, codes)
    return made if isinstance(made, dict) else dict(x=made)
  return sample


def picture(walk: Traversals, state: State, key: jax.Array, spec: Spec,
            rows: int = 5, **how: Any) -> np.ndarray | None:
  """Traversals of all codes, one below the other.

  Args:
    walk: of the game.
    state: of one run.
    key: of all that stays.
    spec: of the data.
    rows: of each code; of points twenty times as many.
    **how: of `Traversals.draw`.

  Returns:
    uint8 [*, *, 3]: a block of rows a code, a column a value; of points a plot
    a code, where values have colours. None for a game without codes, or for
    data of which no picture is known.
  """
  shape = spec.shapes.get('x', ())
  points = shape == (2,)
  if not walk.latents or not (points or shape[2:] in ((1,), (3,))):
    return None
  blocks = [one(walk.draw(name, state, key, 20 * rows if points else rows,
                          **how), spec) for name in walk.latents]
  wide = max(block.shape[1] for block in blocks)
  return np.concatenate([
      np.pad(block, ((0, GAP), (0, wide - block.shape[1]), (0, 0)),
             constant_values=images.BACKGROUND)
      for block in blocks])[:-GAP]


def one(x: np.ndarray, spec: Spec) -> np.ndarray:
  """The picture of a traversal [rows, values, ...]."""
  flat = x.reshape(-1, *x.shape[2:])
  if x.ndim == 3:
    return images.scatter(flat, spec.centres or None,
                          groups=np.tile(np.arange(x.shape[1]), len(x)))
  return images.grid(flat, spec.range, columns=x.shape[1])


def asked(experiment, state: State, step: int, mesh, code: str, rows: int,
          seed: int = 0, ema: bool = True, mode: Mode = MODE) -> np.ndarray:
  """What launch/sample.py asks for: [rows, values, ...] of a run.

  Args:
    experiment: what the run's config builds.
    state: of one run.
    step: of the state, for its stage.
    mesh: devices.
    code: of the game.
    rows: how many.
    seed: of all that stays.
    ema: use the averaged params.
    mode: how else samples are drawn.

  Raises:
    errors.ConfigError: no such code.
  """
  game = experiment.game
  walk = Traversals(
      game, experiment.source, experiment.config['batch'], mesh)
  return walk.draw(code, state, jax.random.key(seed), rows, ema=ema,
                   stage=game.stage(step), mode=mode)


def write(out: pathlib.Path, x: np.ndarray, spec: Spec) -> list[pathlib.Path]:
  """Writes a traversal as `export.write` would; of a grid a row is a row."""
  if out.suffix == '.png':
    return [images.save_png(out, one(x, spec))]
  return export.write(out, dict(x=x.reshape(-1, *x.shape[2:])), spec)
