"""f-divergences as adversarial losses: the table of f-GAN.

`D_f(p|q) = int q f(p/q)` is the largest `E_p T - E_q f*(T)` over functions T
(Nguyen et al. 2010), which D seeks with `T = g(v)`, v its raw output: Nowozin,
Cseke and Tomioka 2016 (arXiv:1606.00709), tables 1 and 2.

    L_D = -E_r g(v) + E_f f*(g(v)),    L_G = -E_f f*(g(v))

The best T is `f'(p/q)`, and a sample looks real where T > f'(1).

`f*(g(v))` is written as one function of v, since f* is steep or not defined at
the end of its domain, where g(v) is rounded to. Exponentials go on as straight
lines above `exp(15)`, so that nothing overflows and no gradient is lost.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.losses.adversarial import Pair, mean

Array = jax.Array
Function = Callable[[Array], Array]
LOG2 = math.log(2.)


class Divergence(NamedTuple):
  """One row of the table; u = p/q is a ratio of densities, v D's raw output.

  Attributes:
    f: u -> f(u), convex.
    best: u -> f'(u), the best T.
    conjugate: t -> f*(t).
    activation: v -> T = g(v), increasing, into the domain of f*.
    penalty: v -> f*(g(v)).
  """

  f: Function
  best: Function
  conjugate: Function
  activation: Function
  penalty: Function


def exp(v: Array, limit: float = 15.) -> Array:
  """`e^v` to v = limit, then its tangent there."""
  below = jnp.minimum(v, limit)
  return jnp.exp(below) * (1 + v - below)


def _log_softplus(v: Array) -> Array:
  """`log log(1 + e^v)`, which is v far below 0."""
  return jnp.where(v < -15., v, jnp.log(jax.nn.softplus(jnp.maximum(v, -15.))))


@jax.custom_jvp
def log_lambert(a: Array) -> Array:
  """`log W(e^a)`, W of Lambert: y with `y + e^y = a`, by Newton's method.

  For any a, where e^a itself would overflow. The function is concave, so that
  steps from either start go down to the root.
  """
  y = jnp.where(a > 1., jnp.log(jnp.maximum(a, 1.)), a)
  for _ in range(5):
    w = jnp.exp(y)
    y = y - (y + w - a) / (1 + w)
  return y


@log_lambert.defjvp
def _log_lambert_jvp(primals, tangents):
  y = log_lambert(*primals)
  return y, tangents[0] / (1 + jnp.exp(y))


def total_variation() -> Divergence:
  """`|u - 1| / 2`."""
  half_tanh = lambda v: jnp.tanh(v) / 2
  return Divergence(lambda u: jnp.abs(u - 1) / 2, lambda u: jnp.sign(u - 1) / 2,
                    lambda t: t, half_tanh, half_tanh)


def kl() -> Divergence:
  """`u log u`: KL(p|q)."""
  return Divergence(lambda u: u * jnp.log(u), lambda u: 1 + jnp.log(u),
                    lambda t: exp(t - 1), lambda v: v, lambda v: exp(v - 1))


def reverse_kl() -> Divergence:
  """`-log u`: KL(q|p)."""
  return Divergence(lambda u: -jnp.log(u), lambda u: -1 / u,
                    lambda t: -1 - jnp.log(-t), lambda v: -exp(-v),
                    lambda v: v - 1)


def pearson() -> Divergence:
  """`(u - 1)^2`: Pearson's chi-squared."""
  square = lambda t: t ** 2 / 4 + t
  return Divergence(lambda u: (u - 1) ** 2, lambda u: 2 * (u - 1), square,
                    lambda v: v, square)


def neyman() -> Divergence:
  """`(1 - u)^2 / u`: Neyman's chi-squared."""
  return Divergence(lambda u: (1 - u) ** 2 / u, lambda u: 1 - u ** -2.,
                    lambda t: 2 - 2 * jnp.sqrt(1 - t), lambda v: 1 - exp(-v),
                    lambda v: 2 - 2 * exp(-v / 2))


def squared_hellinger() -> Divergence:
  """`(sqrt u - 1)^2`."""
  return Divergence(lambda u: (jnp.sqrt(u) - 1) ** 2, lambda u: 1 - u ** -.5,
                    lambda t: t / (1 - t), lambda v: 1 - exp(-v),
                    lambda v: exp(v) - 1)


def jeffrey() -> Divergence:
  """`(u - 1) log u`: KL(p|q) + KL(q|p)."""
  def conjugate(t):
    y = log_lambert(1 - t)
    return jnp.exp(y) + exp(-y) + t - 2
  return Divergence(lambda u: (u - 1) * jnp.log(u),
                    lambda u: 1 + jnp.log(u) - 1 / u, conjugate, lambda v: v,
                    conjugate)


def js() -> Divergence:
  """`u log u - (u + 1) log((1 + u) / 2)`: twice Jensen-Shannon's."""
  return Divergence(
      lambda u: u * jnp.log(u) - (u + 1) * jnp.log((1 + u) / 2),
      lambda u: jnp.log(2 * u / (1 + u)), lambda t: -jnp.log(2 - jnp.exp(t)),
      lambda v: LOG2 - jax.nn.softplus(-v), lambda v: jax.nn.softplus(v) - LOG2)


def js_weighted(pi: float = .5) -> Divergence:
  """`pi u log u - m log m` with `m = 1 - pi + pi u`: p weighs pi, q 1 - pi.

  Args:
    pi: between 0 and 1.
  """
  if not 0 < pi < 1:
    raise errors.ConfigError(f'js_weighted has 0 < pi < 1, not {pi}')
  mixed = lambda u: 1 - pi + pi * u
  # 1 - sigmoid(v)^(1/pi), whose logarithm falls like -v.
  rest = lambda v: jnp.log(-jnp.expm1(-jax.nn.softplus(-v) / pi))
  log_rest = lambda v: jnp.where(
      v > 15., -v - math.log(pi), rest(jnp.minimum(v, 15.)))
  return Divergence(
      lambda u: pi * u * jnp.log(u) - mixed(u) * jnp.log(mixed(u)),
      lambda u: pi * jnp.log(u / mixed(u)),
      lambda t: (1 - pi) * jnp.log((1 - pi) / (1 - pi * jnp.exp(t / pi))),
      lambda v: -pi * math.log(pi) - jax.nn.softplus(-v),
      lambda v: (1 - pi) * (math.log(1 - pi) - log_rest(v)))


def gan() -> Divergence:
  """`u log u - (u + 1) log(u + 1)`: twice Jensen-Shannon's, less log 4.

  The losses are those of `adversarial.minimax`; with the `alternative` loss of
  G, those of `adversarial.non_saturating`.
  """
  return Divergence(
      lambda u: u * jnp.log(u) - (u + 1) * jnp.log(u + 1),
      lambda u: jnp.log(u / (1 + u)), lambda t: -jnp.log(1 - jnp.exp(t)),
      lambda v: -jax.nn.softplus(-v), jax.nn.softplus)


def alpha(a: float = 2.) -> Divergence:
  """`(u^a - 1 - a (u - 1)) / (a (a - 1))`; 2 is half of Pearson's.

  Args:
    a: neither 0 nor 1, whose limits are reverse_kl and kl.
  """
  if a in (0, 1):
    raise errors.ConfigError(
        f"alpha has a other than 0 and 1, not {a}: 'reverse_kl' and 'kl' are "
        'its limits there')
  power = a / (a - 1)
  # Above, f* is constant where no ratio u >= 0 has the slope t.
  base = lambda t: jax.nn.relu(t * (a - 1) + 1)
  conjugate = lambda t: (base(t) ** power - 1) / a
  if a > 1:
    activation, penalty = (lambda v: v), conjugate
  else:
    activation = lambda v: 1 / (1 - a) - jax.nn.softplus(-v)
    penalty = lambda v: (exp(power * (
        math.log(1 - a) + _log_softplus(-v))) - 1) / a
  return Divergence(
      lambda u: (u ** a - 1 - a * (u - 1)) / (a * (a - 1)),
      lambda u: (u ** (a - 1) - 1) / (a - 1), conjugate, activation, penalty)


DIVERGENCES: dict[str, Callable[..., Divergence]] = dict(
    total_variation=total_variation, kl=kl, reverse_kl=reverse_kl,
    pearson=pearson, neyman=neyman, squared_hellinger=squared_hellinger,
    jeffrey=jeffrey, js=js, js_weighted=js_weighted, gan=gan, alpha=alpha)


def make(name: str, **options: Any) -> Divergence:
  """A divergence by name.

  Args:
    name: of DIVERGENCES.
    **options: `pi` of js_weighted, `a` of alpha.

  Raises:
    errors.ConfigError: unknown names, or values that make no divergence.
  """
  return errors.call(f'divergence {name!r}', errors.choose(
      'divergence', name, DIVERGENCES), **options)


def pair(divergence: Divergence, alternative: bool = False) -> Pair:
  """What D and G minimise.

  Args:
    divergence: a row of the table.
    alternative: G maximises `E_f g(v)` in place of `E_f f*(g(v))`, which has
      the same fixed point and a gradient where D is sure: section 3.2 of the
      paper.
  """
  up = divergence.activation if alternative else divergence.penalty
  return Pair(
      d=lambda real, fake: (mean(divergence.penalty, fake)
                            - mean(divergence.activation, real)),
      g=lambda fake: -mean(up, fake))
