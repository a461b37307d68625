"""Distances between samples of numbers, and how well scores tell two sets."""

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


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
  """Area under the ROC curve: P(score of a 1 > score of a 0), ties half.

  Args:
    scores: [N].
    labels: [N], 0 or 1, of both.

  Raises:
    ValueError: all labels are one.
  """
  scores, labels = np.asarray(scores, np.float64), np.asarray(labels)
  ones = int((labels == 1).sum())
  zeros = len(labels) - ones
  if not ones or not zeros:
    raise ValueError('the area under a ROC curve needs examples of both labels')
  _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
  ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]    # from 1, ties shared
  return float((ranks[labels == 1].sum() - ones * (ones + 1) / 2)
               / (ones * zeros))
