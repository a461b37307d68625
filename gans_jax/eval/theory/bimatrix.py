"""Games of two players with a few choices each, and their equilibria.

A GAN's two losses make a game, too: what its players can reach together is an
equilibrium, and an equilibrium need not be what is best for anyone.
"""

import itertools
from typing import NamedTuple

import numpy as np


class Equilibrium(NamedTuple):
  """Neither player gains by another choice.

  Attributes:
    x: probabilities [N] of the first player's choices.
    y: probabilities [M] of the second one's.
    payoffs: what each expects, the first player's first.
  """

  x: np.ndarray
  y: np.ndarray
  payoffs: tuple[float, float]


def equilibria(a: np.ndarray, b: np.ndarray, tolerance: float = 1e-9
               ) -> list[Equilibrium]:
  """All Nash equilibria of a small game, by enumeration of supports.

  For every choice of as many rows as columns: the mixture of the columns that
  makes the rows equally good, and of the rows that makes the columns so, are
  an equilibrium if they are probabilities and no other row or column is
  better. (Nash 1951; von Stengel 2007, "Equilibrium computation for two-player
  games", algorithm 3.4.) A game with ties may have a continuum of others.

  Args:
    a: payoffs [N, M] of the first player, who chooses the row.
    b: payoffs [N, M] of the second.
    tolerance: of the comparisons.

  Raises:
    ValueError: the two tables differ in shape.
  """
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  if a.ndim != 2 or a.shape != b.shape:
    raise ValueError(f'payoffs of two tables [N, M] are needed, not {a.shape} '
                     f'and {b.shape}')
  found = []
  for size in range(1, min(a.shape) + 1):
    for rows in itertools.combinations(range(a.shape[0]), size):
      for columns in itertools.combinations(range(a.shape[1]), size):
        y = _indifferent(a, rows, columns)
        x = _indifferent(b.T, columns, rows)
        if x is None or y is None:
          continue
        ours, theirs = a @ y, x @ b
        if (min(x.min(), y.min()) >= -tolerance
            and ours.max() <= x @ ours + tolerance
            and theirs.max() <= theirs @ y + tolerance
            and not any(np.allclose(x, e.x) and np.allclose(y, e.y)
                        for e in found)):
          found.append(Equilibrium(x, y, (float(x @ ours), float(theirs @ y))))
  return found


def _indifferent(payoffs, rows, columns):
  """The mixture [M] on `columns` that makes `rows` equally good, or None."""
  size = len(rows)
  system = np.ones((size + 1, size + 1))
  system[:size, :size] = payoffs[np.ix_(rows, columns)]
  system[:size, size] = -1.      # less the payoff, which is unknown, too
  system[size, size] = 0.
  if abs(np.linalg.det(system)) < 1e-12:
    return None
  mixture = np.zeros(payoffs.shape[1])
  mixture[list(columns)] = np.linalg.solve(system, np.eye(size + 1)[size])[:-1]
  return mixture


def pareto(a: np.ndarray, b: np.ndarray) -> list[tuple[int, int]]:
  """Cells that no other cell betters for one player at no cost to the other.

  Args:
    a: payoffs [N, M] of the first player.
    b: of the second.
  """
  cells = list(itertools.product(*map(range, np.shape(a))))
  better = lambda c, d: (a[c] >= a[d] and b[c] >= b[d]
                         and (a[c] > a[d] or b[c] > b[d]))
  a, b = np.asarray(a), np.asarray(b)
  return [d for d in cells if not any(better(c, d) for c in cells)]
