"""Evaluator of vectors by how they look on a plane of the data."""

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base
from gans_jax.eval.measures import planar as measure
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference


def planar(real: Reference, *, n: int = 2000, step: float = measure.STEP
           ) -> Evaluator:
  """Jensen-Shannon divergence of densities on two principal axes of the data.

  Values: jsd, in nats; see `measures.planar`.

  Args:
    real: vectors of 2 dimensions or more.
    n: samples, and real examples, if there are as many; the authors have 6,400
      and 10,000.
    step: of the grid.

  Raises:
    ConfigError: other data.
  """
  base.check(n, 3)
  spec = real.spec
  if len(spec.shapes['x']) != 1 or spec.shapes['x'][0] < 2:
    raise errors.ConfigError(
        f"evaluator 'planar' is of vectors of 2 dimensions or more; "
        f'{spec.name!r} has x of shape {list(spec.shapes["x"])}')
  size = len(real.source)
  rows = np.random.default_rng(0).permutation(size)[:n]
  plane = []

  def score(samples):
    if not plane:
      plane.append(measure.Plane(real.source.batch(rows)['x'], step))
    return dict(jsd=plane[0].divergence(samples['x']))

  return base.collected('planar', n, real, score, base.common(
      real, n, n_real=len(rows), step=step, kernel='gaussian, scott'))
