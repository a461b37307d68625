"""Where the generator's noise comes from."""

from collections.abc import Callable

import jax
import numpy as np

from gans_jax import errors
from gans_jax.game import Turn

Prior = Callable[[Turn], jax.Array]


def _uniform(low: float, high: float):
  return lambda u: low + (high - low) * jax.scipy.stats.norm.cdf(u)


PRIORS = dict(
    # N(0, 1).
    normal=lambda z: lambda t: t.normal(z),
    # N(0, .1^2), beside one-hot codes: ClusterGAN, Mukherjee et al. 2019.
    narrow=lambda z: lambda t: .1 * t.normal(z),
    # U(-1, 1): DCGAN, InfoGAN.
    uniform=lambda z: lambda t: t.uniform(z),
    # U(0, 1): conditional GAN, Improved GAN.
    uniform01=lambda z: lambda t: t.uniform(z, low=0.),
    # U(-sqrt 3, sqrt 3), of unit variance: the code of Goodfellow et al. 2014.
    uniform_unit=lambda z: lambda t: t.uniform(
        z, low=-np.sqrt(3.), high=np.sqrt(3.)),
)
# Standard normal noise to noise of the prior, number by number.
OF_NORMAL = dict(
    normal=lambda u: u, narrow=lambda u: .1 * u, uniform=_uniform(-1., 1.),
    uniform01=_uniform(0., 1.),
    uniform_unit=_uniform(-np.sqrt(3.), np.sqrt(3.)))


def make(name: str, z: int) -> Prior:
  """Turn -> noise [n, z].

  Raises:
    errors.ConfigError: `name` is not in PRIORS.
  """
  return errors.choose('prior', name, PRIORS)(z)
