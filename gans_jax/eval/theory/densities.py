"""What a perfect discriminator finds: divergences of known distributions.

Densities on the line are integrated by the trapezoid rule; tables are exact.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Density = Callable[[np.ndarray], np.ndarray]


class Divergences(NamedTuple):
  """Between densities p (data) and q (model), in nats.

  Attributes:
    kl: of p from q, `E_p log p/q`.
    reverse_kl: of q from p.
    js: Jensen-Shannon, `(KL(p|m) + KL(q|m)) / 2` with m = (p + q) / 2.
    tv: total variation, `int |p - q| / 2`.
    gan_value: `max_D E_p log D + E_q log(1 - D) = 2 JS - log 4`, reached at
      D = p / (p + q): Goodfellow et al. 2014 (arXiv:1406.2661), theorem 1.
    hinge_loss: `min_D E_p [1 - s]+ + E_q [1 + s]+ = 2 - 2 TV`, reached at
      s = sign(p - q): Lim & Ye 2017 (arXiv:1705.02894).
  """

  kl: float
  reverse_kl: float
  js: float
  tv: float
  gan_value: float
  hinge_loss: float


def normal(mean: float = 0., std: float = 1.) -> Density:
  """The density of N(mean, std^2)."""
  def density(x):
    return np.exp(-.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
  return density


def divergences(p: Density, q: Density, low: float = -9., high: float = 10.,
                points: int = 20_001) -> Divergences:
  """The divergences of two densities on [low, high], by the trapezoid rule.

  Args:
    p: positive density of the data.
    q: of the model.
    low, high: hold practically all of both.
    points: where the densities are evaluated.
  """
  x = np.linspace(low, high, points)
  p, q = p(x), q(x)
  m = (p + q) / 2
  of = lambda f: float(np.trapezoid(f, x))
  kl = lambda a, b: of(a * (np.log(a) - np.log(b)))
  js, tv = (kl(p, m) + kl(q, m)) / 2, of(np.abs(p - q)) / 2
  return Divergences(
      kl=kl(p, q), reverse_kl=kl(q, p), js=js, tv=tv,
      gan_value=2 * js - float(np.log(4)), hinge_loss=2 - 2 * tv)


def optimal_logit(p: Density, q: Density) -> Density:
  """The logit of the best D of the GAN game: log p/q (same theorem)."""
  return lambda x: np.log(p(x)) - np.log(q(x))


def f_divergence(f: Callable[[np.ndarray], np.ndarray], p: Density, q: Density,
                 low: float = -9., high: float = 10., points: int = 20_001
                 ) -> float:
  """`int q f(p/q)` on [low, high], as in `divergences`; f is convex."""
  x = np.linspace(low, high, points)
  return float(np.trapezoid(q(x) * f(p(x) / q(x)), x))


def variational_bound(t: np.ndarray, conjugate: np.ndarray, p: np.ndarray,
                      q: np.ndarray, x: np.ndarray) -> float:
  """`E_p T - E_q f*(T)`, all given at points x: [N] each.

  No T makes it more than the f-divergence, `T = f'(p/q)` makes it equal:
  Nowozin et al. 2016 (arXiv:1606.00709), eq. 4.
  """
  return float(np.trapezoid(p * t - q * conjugate, x))


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
  """Jensen-Shannon divergence of two tables of probabilities [N], in nats.

  Points of probability 0 are allowed: where p and q have none in common it is
  log 2, wherever they are (Arjovsky et al. 2017, arXiv:1701.07875, example 1).
  """
  p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
  m = (p + q) / 2
  def kl(a):
    on = a > 0
    return np.sum(a[on] * np.log(a[on] / m[on]))
  return float(kl(p) + kl(q)) / 2
