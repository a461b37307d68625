"""Density ratios by Bregman divergences: the losses of b-GAN.

D's output is a ratio r > 0, which for convex f is p/q at the least of

    L_D = E_f [f'(r) r - f(r)] - E_r f'(r)

Uehara, Sato, Suzuki, Nakayama and Matsuo 2016 (arXiv:1610.02920). Here
v = log r is the raw output, so that r is positive and v a logit; above 50, r is
the tangent of e^v, as ratios explode where one density vanishes. With
`relative` a > 0 the ratio is p / (a p + (1 - a) q), which is at most 1 / a.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import jax

from gans_jax.losses.adversarial import Pair, mean
from gans_jax.losses.divergences import exp

Array = jax.Array
Function = Callable[[Array], Array]
LIMIT = math.log(50.)


class Bregman(NamedTuple):
  """A convex f, by functions of v = log r.

  Attributes:
    f: f(r).
    slope: f'(r), up to a constant.
    gap: f'(r) r - f(r), up to a constant.
  """

  f: Function
  slope: Function
  gap: Function


def ratio(v: Array) -> Array:
  """r = e^v, a straight line above 50."""
  return exp(v, LIMIT)


pearson = Bregman(f=lambda v: (ratio(v) - 1) ** 2 / 2, slope=ratio,
                  gap=lambda v: ratio(v) ** 2 / 2)
"""`f = (r - 1)^2 / 2`: `L_D = E_f r^2 / 2 - E_r r`, that of uLSIF."""

kl = Bregman(f=lambda v: v * ratio(v), slope=lambda v: v, gap=ratio)
"""`f = r log r`: `L_D = E_f r - E_r log r`, that of KLIEP."""

gan = Bregman(
    f=lambda v: ratio(v) * -jax.nn.softplus(-v) - jax.nn.softplus(v),
    slope=lambda v: -jax.nn.softplus(-v), gap=jax.nn.softplus)
"""`f = r log r - (1 + r) log(1 + r)`: L_D is cross entropy on the logit v."""

BREGMAN: dict[str, Bregman] = dict(pearson=pearson, kl=kl, gan=gan)


def direct(b: Bregman, relative: float = 0.) -> Pair:
  """G minimises `E_f f(r)`, the estimate of `D_f(p|q) = E_q f(p/q)`.

  As printed in the paper: a fake whose ratio is high already is moved
  to where f is small, which for Pearson's is r = 1.
  """
  return Pair(d=_d(b, relative), g=lambda fake: mean(b.f, fake))


def variational(b: Bregman, relative: float = 0.) -> Pair:
  """G minimises `E_f [f(r) - r f'(r)]`: f-GAN's gradient, which raises r."""
  return Pair(d=_d(b, relative), g=lambda fake: -mean(b.gap, fake))


SURROGATES: dict[str, Callable[..., Pair]] = dict(
    direct=direct, variational=variational)


def _d(b: Bregman, relative: float) -> Callable[[Array, Array], Array]:
  return lambda real, fake: (
      relative * mean(b.gap, real) + (1 - relative) * mean(b.gap, fake)
      - mean(b.slope, real))
