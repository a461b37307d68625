"""Clusters in many dimensions, each on a plane of its own."""

import dataclasses

import numpy as np

from gans_jax import errors
from gans_jax.data.sources import Arrays, arrays

SPLITS = ('train', 'test')


def clusters100(split: str = 'train', n: int = 10_000, seed: int = 0,
                dims: int = 100, clusters: int = 10) -> Arrays:
  """Saatci and Wilson 2017 (arXiv:1705.09558), section 4.1: x is [100].

  Of each cluster c as many examples `A_c (z + m_c)`, with z ~ N(0, I_2), m_c ~
  N(0, 5^2 I_2) and A_c [dims, 2] ~ N(0, 5^2); then all columns are brought to
  mean 0 and variance 1. The authors' code has the same constants.

  Args:
    split: 'train' or 'test': other z of the same clusters.
    n: examples, clusters times a whole number.
    seed: of the clusters and of z.
    dims: of x.
    clusters: how many.

  Raises:
    ConfigError: n is not divisible, or a number is out of its range.
  """
  if n < 1 or n % clusters or seed < 0:
    raise errors.ConfigError(
        f'clusters100: n={n} must be a multiple of the {clusters} clusters, '
        f'seed={seed} >= 0')
  if split not in SPLITS:
    errors.unknown('split of clusters100', split, SPLITS)
  rng = np.random.default_rng([seed, 0])
  means = 5 * rng.normal(size=(clusters, 1, 2))
  planes = 5 * rng.normal(size=(clusters, dims, 2))

  def draw(rng, n):
    z = means + rng.normal(size=(clusters, n // clusters, 2))
    return np.einsum('cdk,cnk->cnd', planes, z).reshape(n, dims)

  # Both splits are scaled by the training set, as ten thousand draws give it.
  train = draw(np.random.default_rng([seed, 1]), 1000 * clusters)
  own = np.random.default_rng([seed, 1 + SPLITS.index(split)])
  x = (draw(own, n) - train.mean(0)) / train.std(0)
  made = arrays(x, name='clusters100', split=split, range=(-4., 4.))
  made.spec = dataclasses.replace(made.spec, kind='vectors')
  return made
