"""Evaluator of patches, scale by scale."""

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base
from gans_jax.eval.measures import sliced
from gans_jax.eval.onepass import PICTURES, Evaluator
from gans_jax.eval.reference import Reference


def swd(real: Reference, *, n: int = 8192, seed: int = 0) -> Evaluator:
  """Sliced Wasserstein distance; see `measures.sliced.swd`.

  Values, all times 1000: swd_<pixels> of each level of the pyramid, swd_mean;
  and the same of two halves of the data, swd_<pixels>_floor, swd_mean_floor,
  which are of n/2 pictures if there are not 2n.

  Args:
    real: pictures of 16 pixels a side or more.
    n: samples, and as many real ones.
    seed: of patches and projections.

  Raises:
    ConfigError: data that is no such pictures, or fewer than n of them.
  """
  base.check(n)
  base.check_pictures('swd', real)
  shape, size = real.spec.shapes['x'], len(real.source)
  if min(shape[:2]) < sliced.LEAST:
    raise errors.ConfigError(
        f"evaluator 'swd' needs pictures of {sliced.LEAST} pixels a side or "
        f'more; {real.spec.name!r} has {list(shape[:2])}')
  if n > size:
    raise errors.ConfigError(
        f"evaluator 'swd' compares as many real pictures as samples, and "
        f'{real.spec.name!r} ({real.spec.split}) has {size}: n={n} is too many')
  n_floor = n if size >= 2 * n else size // 2
  found = {}

  def values(result, end=''):
    return {**{f'swd_{k}{end}': v for k, v in result.levels.items()},
            f'swd_mean{end}': result.mean}

  def score(samples):
    if not found:
      x = np.concatenate(list(real.pictures(n + n_floor)))
      order = np.random.default_rng(0).permutation(len(x))
      found['x'] = x[order[:n]]
      found['floor'] = sliced.swd(
          x[order[:n_floor]], x[order[-n_floor:]], seed=seed)
    return {**values(sliced.swd(found['x'], samples[PICTURES], seed=seed)),
            **values(found['floor'], '_floor')}

  protocol = base.common(
      real, n, n_real=n, n_floor=n_floor, patches=sliced.PATCHES,
      patch=sliced.PATCH, projections=sliced.DIRECTIONS * sliced.REPEATS,
      patch_seed=seed, quantised='uint8')
  return base.collected('swd', n, real, score, protocol, (PICTURES,))
