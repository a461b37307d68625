"""Distances between samples of numbers."""

import numpy as np


def kolmogorov_smirnov(a: np.ndarray, b: np.ndarray) -> float:
  """The largest difference of the two shares of numbers at most t, over all t.

  Args:
    a: [N]; nan are left out.
    b: [M], likewise.

  Returns:
    From 0 to 1; 1 if one of them is empty.
  """
  a, b = (np.sort(v[~np.isnan(v)]) for v in map(np.ravel, (
      np.asarray(a, np.float64), np.asarray(b, np.float64))))
  if not len(a) or not len(b):
    return 1.
  t = np.concatenate([a, b])
  share = lambda v: np.searchsorted(v, t, side='right') / len(v)
  return float(np.abs(share(a) - share(b)).max())
