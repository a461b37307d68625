"""Distance of two sets of vectors as they look on a plane of the data.

Saatci and Wilson 2017 (arXiv:1705.09558), section 4.1, as in the authors' code.
"""

import numpy as np
from scipy import stats

STEP, MARGIN = .1, 3.    # of the grid, in units of the data
FLOOR = 1e-10            # of a cell's mass


class Plane:
  """The first two principal axes of real data, and its density on them.

  Args:
    real: [N, D] with D of 2 or more.
    step: of the grid.

  Raises:
    ValueError: less than two dimensions.
  """

  def __init__(self, real: np.ndarray, step: float = STEP):
    real = np.asarray(real, np.float64)
    if real.ndim != 2 or real.shape[1] < 2:
      raise ValueError(f'a plane needs vectors [N, 2 or more], not '
                       f'{list(real.shape)}')
    self.mean = real.mean(0)
    self.axes = np.linalg.svd(real - self.mean, full_matrices=False)[2][:2]
    flat = self.project(real)
    low, high = flat.min(0) - MARGIN, flat.max(0) + MARGIN
    x, y = (np.arange(a, b, step) for a, b in zip(low, high))
    self.grid = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    self.cell = step ** 2
    self.density = self.masses(flat)

  def project(self, x: np.ndarray) -> np.ndarray:
    """[N, D] -> [N, 2]."""
    return (np.asarray(x, np.float64) - self.mean) @ self.axes.T

  def masses(self, flat: np.ndarray) -> np.ndarray:
    """Of the grid's cells, by a Gaussian kernel of Scott's width."""
    return np.maximum(stats.gaussian_kde(flat.T)(self.grid) * self.cell, FLOOR)

  def divergence(self, samples: np.ndarray) -> float:
    """Jensen-Shannon divergence from the data to samples [N, D], in nats.

    Samples far off the grid have no mass on it, so that log 2 is not reached
    by those that are nowhere near.

    Raises:
      ValueError: samples of one point or on a line.
    """
    flat = self.project(samples)
    if np.linalg.matrix_rank(np.cov(flat.T)) < 2:
      raise ValueError('all samples are on one line of the plane')
    return jensen_shannon(self.density, self.masses(flat))


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
  """`(KL(p | m) + KL(q | m)) / 2` in nats, m the mean of masses p and q."""
  m = (p + q) / 2
  kl = lambda p: np.sum(p * (np.log(p) - np.log(m)))
  return float((kl(p) + kl(q)) / 2)
