"""Models that can be sampled and have no density: x from parameters beta.

What likelihood-free inference is made for. Those with a closed form are there
to check it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from gans_jax import errors

Array = jax.Array


class Simulator(NamedTuple):
  """An implicit model `x_n = g(noise | z_n, beta)`.

  Attributes:
    globals: dimensions of beta, which all examples share.
    draw: (key, beta [n, globals]) -> (x [n, ...], z [n, local]).
    local: dimensions of z, which each example has of its own; 0 for none.
  """

  globals: int
  draw: Callable[[Array, Array], tuple[Array, Array]]
  local: int = 0


def gaussian(std: float = 1.) -> Simulator:
  """x ~ N(beta, std^2) on the line."""
  def draw(key, beta):
    x = beta + std * jax.random.normal(key, beta.shape)
    return x, jnp.zeros((len(beta), 0))
  return Simulator(1, draw)


def hierarchy(std: float = 1., local_std: float = 1.) -> Simulator:
  """z ~ N(beta, local_std^2), x ~ N(z, std^2) on the line."""
  def draw(key, beta):
    a, b = jax.random.split(key)
    z = beta + local_std * jax.random.normal(a, beta.shape)
    return z + std * jax.random.normal(b, beta.shape), z
  return Simulator(1, draw, 1)


def predator_prey(points: int = 20, interval: float = .5, noise: float = .1,
                  steps: int = 10) -> Simulator:
  """Numbers of prey u and of predators v over time, x [points, 2].

      du = (b_1 u - b_2 u v) dt + noise u dw_1
      dv = (b_3 u v - b_4 v) dt + noise v dw_2

  Lotka and Volterra's equations; b = e^beta, so that beta may be any number. In
  units in which both are near 1, from which they start; x is their logarithm,
  which Euler's steps keep within +-5.

  Args:
    points: at which they are counted.
    interval: of time between two points.
    noise: of the environment, for a unit of time.
    steps: of Euler, from one point to the next.
  """
  dt = interval / steps

  def draw(key, beta):
    b = jnp.exp(jnp.clip(beta, -5., 5.))                       # [n, 4]

    def step(log_x, key):
      u, v = jnp.exp(log_x[:, 0]), jnp.exp(log_x[:, 1])
      drift = jnp.stack([b[:, 0] - b[:, 1] * v, b[:, 2] * u - b[:, 3]], -1)
      # Ito: the logarithm of a noisy exponential falls by noise^2 / 2.
      log_x = log_x + (drift - noise ** 2 / 2) * dt + (
          noise * dt ** .5 * jax.random.normal(key, log_x.shape))
      return jnp.clip(log_x, -5., 5.), None

    def point(log_x, key):
      log_x, _ = jax.lax.scan(step, log_x, jax.random.split(key, steps))
      return log_x, log_x

    _, x = jax.lax.scan(
        point, jnp.zeros((len(beta), 2)), jax.random.split(key, points))
    return jnp.swapaxes(x, 0, 1), jnp.zeros((len(beta), 0))    # [n, points, 2]
  return Simulator(4, draw)


SIMULATORS: Mapping[str, Callable[..., Simulator]] = dict(
    gaussian=gaussian, hierarchy=hierarchy, predator_prey=predator_prey)


def make(name: str, **options: Any) -> Simulator:
  """A simulator by name.

  Raises:
    ConfigError: no such simulator or argument.
  """
  return errors.call(f'simulator {name!r}', errors.choose(
      'simulator', name, SIMULATORS), **options)
