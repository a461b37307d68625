"""Wasserstein distances of small tables, by a plan and by a critic.

Both sides of Kantorovich's duality are linear programs, solved apart, so that
each says that the other is right. What a Wasserstein GAN's critic maximises is
the dual one: Arjovsky et al. 2017 (arXiv:1701.07875), eq. 2.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize


class Transport(NamedTuple):
  """Attributes:
    cost: of the cheapest plan.
    plan: [N, M], how much goes from where to where; it adds up to p and q.
    value: of the best critic, `sum p f + sum q g`; no more than any plan costs.
    f: [N], the critic on the points of p.
    g: [M], on those of q; `f_i + g_j <= cost_ij` everywhere.
  """

  cost: float
  plan: np.ndarray
  value: float
  f: np.ndarray
  g: np.ndarray


def distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
  """Euclidean distances [N, M] of points [N, D] and [M, D]."""
  x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
  return np.linalg.norm(x[:, None] - y[None], axis=-1)


def transport(p: np.ndarray, q: np.ndarray, costs: np.ndarray) -> Transport:
  """The cheapest plan from p to q, and the potentials that prove it.

  Args:
    p: probabilities [N].
    q: probabilities [M].
    costs: [N, M], of moving a unit; distances for W1.

  Raises:
    ValueError: shapes that do not fit, or p and q of other sums: there is no
      plan.
  """
  p, q, costs = (np.asarray(a, np.float64) for a in (p, q, costs))
  n, m = len(p), len(q)
  if costs.shape != (n, m):
    raise ValueError(f'costs of {n} by {m} points are needed, not '
                     f'{costs.shape}')
  # A row of `sums` adds up what leaves, or reaches, one point.
  sums = np.concatenate([np.kron(np.eye(n), np.ones(m)),
                         np.kron(np.ones(n), np.eye(m))])
  plan = optimize.linprog(costs.ravel(), A_eq=sums,
                          b_eq=np.concatenate([p, q]), bounds=(0, None))
  if not plan.success:
    raise ValueError(f'no plan moves p to q, which sum to {p.sum()} and '
                     f'{q.sum()}: {plan.message}')
  best = optimize.linprog(-np.concatenate([p, q]), A_ub=sums.T,
                          b_ub=costs.ravel(), bounds=(None, None))
  return Transport(float(plan.fun), plan.x.reshape(n, m), float(-best.fun),
                   best.x[:n], best.x[n:])


def lipschitz(values: np.ndarray, costs: np.ndarray) -> float:
  """The steepest slope of a critic between points, `|f_i - f_j| / cost_ij`.

  Args:
    values: [N], the critic on the points.
    costs: their distances [N, N].
  """
  rise = np.abs(values[:, None] - values[None])
  apart = ~np.eye(len(values), dtype=bool)
  return float(np.max(rise[apart] / costs[apart]))


def wasserstein_1d(a: np.ndarray, b: np.ndarray) -> float:
  """W1 between two sets of points on the line, [N] and [M], exactly.

  The area between their distribution functions. For points at 0 and at theta
  it is |theta|, where JS is log 2 however near they are: Arjovsky et al. 2017
  (arXiv:1701.07875), example 1.

  Raises:
    ValueError: not two sets of one or more numbers.
  """
  a, b = np.sort(np.asarray(a, np.float64)), np.sort(np.asarray(b, np.float64))
  if a.ndim != 1 or b.ndim != 1 or not len(a) or not len(b):
    raise ValueError(f'points [N] and [M] are needed, not {a.shape}, {b.shape}')
  x = np.sort(np.concatenate([a, b]))
  below = lambda points: np.searchsorted(points, x[:-1], 'right') / len(points)
  return float(np.sum(np.abs(below(a) - below(b)) * np.diff(x)))
