"""Evaluators of data with few numbers to it: moments, or a finite support."""

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference

# Distinct examples that are still counted one by one.
MOST = 4096


def moments(real: Reference, *, n: int = 10_000) -> Evaluator:
  """Mean and standard deviation of samples on the line.

  Values: mean, std.

  Args:
    real: points [1].
    n: samples.

  Raises:
    ConfigError: the data has more than one number an example.
  """
  base.check(n)
  if real.spec.shapes['x'] != (1,):
    raise errors.ConfigError(
        f"evaluator 'moments' is of points on the line; {real.spec.name!r} has "
        f'x of shape {list(real.spec.shapes["x"])}')
  score = lambda samples: dict(mean=np.mean(samples['x']),
                               std=np.std(samples['x'], ddof=1))
  return base.collected('moments', n, real, score, base.common(real, n))


def total_variation(real: Reference, *, n: int = 10_000) -> Evaluator:
  """Half the sum of |p - q| over the distinct examples of the data.

  Values: tv, from 0 to 1; `tv_floor`, of as many real examples with
  repetition: what a perfect model would reach.

  Args:
    real: data of at most 4096 distinct examples; p is their share of it.
    n: samples, whose shares are q.

  Raises:
    ConfigError: there are more distinct examples.
  """
  base.check(n)
  x = real.source.batch(np.arange(len(real.source)))['x']
  cells, counts = np.unique(x.reshape(len(x), -1), axis=0, return_counts=True)
  if len(cells) > MOST:
    raise errors.ConfigError(
        f"evaluator 'total_variation' counts at most {MOST} distinct examples; "
        f'{real.spec.name!r} has {len(cells)}')
  p = counts / counts.sum()

  def gap(made):
    """From p to the shares of what was made; what no cell has is all gap."""
    both, place = np.unique(np.concatenate([cells, made.reshape(
        len(made), -1)]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    wanted = np.zeros(len(both))
    wanted[place[:len(cells)]] = p
    share = np.bincount(place[len(cells):], minlength=len(both)) / len(made)
    return np.abs(wanted - share).sum() / 2

  floor = gap(cells[np.random.default_rng(0).choice(len(cells), n, p=p)])
  score = lambda samples: dict(tv=gap(np.asarray(samples['x'], x.dtype)),
                               tv_floor=floor)
  return base.collected('total_variation', n, real, score, dict(
      **base.common(real, n), cells=len(cells)))
