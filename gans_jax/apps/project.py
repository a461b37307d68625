"""Projection: the codes whose decoded pictures are nearest to given ones.

By gradient, for any game with a latent space: z, or the w of a style generator.
What "near" means is a function: pixels, D's features (AnoGAN), LPIPS; or it is
what a predictor says, with no picture to be near to.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gans_jax import errors
from gans_jax.data.spec import Batch
from gans_jax.eval.evaluators import probing
from gans_jax.eval.onepass import Probe
from gans_jax.families.search import search
from gans_jax.game import Turn

Array = jax.Array
# turn (with the batch), x [n, ...] -> (what is made -> costs [n]).
Objective = Callable[[Turn, Array], Callable[[Array], Array]]


class Projection(NamedTuple):
  """What a search has found.

  Attributes:
    codes: [n, ...].
    made: of these, [n, ...].
    costs: [n], of `made`.
    curve: [steps, n], costs on the way, of the start that ended best.
  """

  codes: np.ndarray
  made: np.ndarray
  costs: np.ndarray
  curve: np.ndarray


def project(p: Probe, batch: Batch, objective: Objective, *,
            latent: str = 'z', steps: int = 500,
            tx: optax.GradientTransformation | None = None, starts: int = 1
            ) -> Projection:
  """Codes of the examples of a batch, in one program a start.

  Args:
    p: a game, with averaged params in their places (`inverse.of_run`). Nets run
      in evaluation mode.
    batch: examples 'x' [n, ...], and the conditions of the game.
    objective: what each example's code is to lower; a `Discrepancy` of
      gans_jax.families.inverter is one.
    latent: the space of codes.
    steps: of the optimizer.
    tx: Adam(.01) by default.
    starts: searches, each from codes drawn anew; of each example the one that
      ended lowest is kept.

  Raises:
    errors.ConfigError: no such latent space, or no start.
  """
  if starts < 1:
    raise errors.ConfigError(f'{starts} starts of a search: 1 or more')
  space = errors.choose('latent space of this game', latent, p.game.latents)

  def one(t):
    cost = objective(t, t.batch['x'])
    decode = lambda z: probing.x_of(space.decode(t, z))
    z, curve = search(lambda z: cost(decode(z)), space.draw(t), steps=steps,
                      tx=tx)
    made = decode(z)
    return Projection(z, made, cost(made), jnp.swapaxes(curve, 0, 1))

  run = probing.program(p, one)
  best = run(batch, 0)
  for i in range(1, starts):
    new = run(batch, i)
    better = new.costs < best.costs
    keep = lambda a, b, better=better: np.where(
        better.reshape(-1, *[1] * (a.ndim - 1)), a, b)
    best = Projection(*map(keep, new, best))
  return best._replace(curve=best.curve.T)


def of_pictures(error: Callable[[Array, Array], Array]) -> Objective:
  """`error(x, made)` [n], of gans_jax.losses.reconstruction or a LPIPS."""
  return lambda t, x: lambda made: error(x, made)
