"""Evaluator of points: the energy distance to the data."""

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base
from gans_jax.eval.measures import energy
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference


def energy_distance(real: Reference, *, n: int = 2500,
                    n_real: int | None = None) -> Evaluator:
  """See `measures.energy.distance`.

  Values: distance, and floor, that of two halves of the real ones.

  Args:
    real: points [D].
    n: samples.
    n_real: real ones; None: as many as samples, if there are.

  Raises:
    ConfigError: data that is not points.
  """
  base.check(n)
  shape = real.spec.shapes.get('x', ())
  if len(shape) != 1:
    raise errors.ConfigError(
        f"evaluator 'energy_distance' is of points [D]; {real.spec.name!r} has "
        f'x of shape {list(shape)}')
  rows = np.random.default_rng(0).permutation(len(real.source))[
      :n if n_real is None else n_real]
  base.check(len(rows), 4)

  def score(samples):
    x = real.source.batch(rows)['x']
    half = len(x) // 2
    return dict(distance=energy.distance(samples['x'], x),
                floor=energy.distance(x[:half], x[half:]))

  return base.collected('energy_distance', n, real, score, base.common(
      real, n, n_real=len(rows)))
