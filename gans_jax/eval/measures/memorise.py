"""Has the generator copied its training data? In features."""

from typing import NamedTuple

import numpy as np

from gans_jax.eval.measures import blocks


def nearest(x: np.ndarray, y: np.ndarray, itself: bool = False
            ) -> tuple[np.ndarray, np.ndarray]:
  """(index [N] of the nearest of y, squared distance [N]) of each of x.

  With `itself` x and y are one set, and a sample is not its own neighbour.
  """
  index = np.empty(len(x), np.int64)
  least = np.empty(len(x), np.float32)
  for rows, d in blocks.squared(x, y):
    if itself:
      d[np.arange(len(d)), np.arange(rows.start, rows.stop)] = np.inf
    index[rows] = d.argmin(1)
    least[rows] = d.min(1)
  return index, least


def authenticity(train: np.ndarray, fake: np.ndarray) -> float:
  """Share of fakes that are no copies.

  A fake is a copy if it is nearer to its nearest training example than that is
  to its own nearest other: Alaa et al. 2022 (arXiv:2102.08921), section 4.3.
  A perfect generator has about 1/2 by symmetry; copies with little noise 0.

  Args:
    train: [N, D].
    fake: [M, D].
  """
  train, fake = blocks.checked(train, fake)
  train, fake = blocks.centred(train, fake)
  index, d = nearest(fake, train)
  _, own = nearest(train, train, itself=True)
  return float(np.mean(d >= own[index]))


class Copying(NamedTuple):
  """The data-copying test.

  Attributes:
    z: below about -3 fakes lie significantly nearer to the training data than
      held-out data does: copied. Far above 3: they lie off it (underfit).
    share: of (held-out, fake) pairs in which the held-out one is nearer.
  """

  z: float
  share: float


def copying(train: np.ndarray, test: np.ndarray, fake: np.ndarray) -> Copying:
  """Mann-Whitney test of distances to the training set: fakes or held-out?

  Meehan et al. 2020 (arXiv:2004.05675), section 3.2, C_T in one cell.

  Args:
    train: [N, D].
    test: [M, D] held-out.
    fake: [L, D].
  """
  train, test, fake = blocks.checked(train, test, fake)
  mean = train.mean(0)
  train, test, fake = train - mean, test - mean, fake - mean
  a, b = nearest(test, train)[1], nearest(fake, train)[1]
  m, n = len(a), len(b)
  order = np.sort(a)
  # Held-out ones that are nearer than a fake; ties count half.
  u = np.sum(np.searchsorted(order, b, 'left')
             + np.searchsorted(order, b, 'right')) / 2
  deviation = np.sqrt(m * n * (m + n + 1) / 12)
  return Copying(float((u - m * n / 2) / deviation), float(u / (m * n)))
