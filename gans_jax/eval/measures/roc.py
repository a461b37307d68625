"""How well scores tell two sets: ROC curves, exact, with ties.

On the host, in float64. A higher score means positive.
"""

import numpy as np

# Shares of false alarms at which a curve is recorded.
RATES = (0., .01, .02, .05, .1, .2, .3, .5, .7)


def curve(scores: np.ndarray, positive: np.ndarray
          ) -> tuple[np.ndarray, np.ndarray]:
  """The ROC curve's corners, one for each distinct score.

  Args:
    scores: [N].
    positive: [N], which of them should be high.

  Returns:
    Shares of negatives and of positives at or above each threshold, from (0, 0)
    to (1, 1), both rising. Examples of one score pass together: between two
    corners the curve is a straight line.

  Raises:
    ValueError: no positive or no negative example, or nan among the scores.
  """
  hits, alarms = _counts(scores, positive)
  return (np.concatenate([[0.], alarms / alarms[-1]]),
          np.concatenate([[0.], hits / hits[-1]]))


def auroc(scores: np.ndarray, positive: np.ndarray) -> float:
  """The area under `curve`: P(a positive scores above a negative), ties half.

  Mann and Whitney 1947. 1/2 is chance.
  """
  x, y = curve(scores, positive)
  return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2)


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
  """`sum_k (R_k - R_{k-1}) P_k` over the distinct scores, from high to low.

  R is the share of positives found, P that of positives among those found; not
  interpolated. Chance is the share of positives.
  """
  hits, alarms = _counts(scores, positive)
  recall = np.concatenate([[0.], hits / hits[-1]])
  return float(np.sum(np.diff(recall) * hits / (hits + alarms)))


def at(rates: np.ndarray, scores: np.ndarray, positive: np.ndarray
       ) -> np.ndarray:
  """Shares of positives found where shares `rates` of the negatives are.

  On the straight lines between corners; at a step upwards its upper end.
  """
  x, y = curve(scores, positive)
  rates = np.asarray(rates, np.float64)
  left = np.searchsorted(x, rates, side='right') - 1
  right = np.minimum(left + 1, len(x) - 1)
  width = np.where(right > left, x[right] - x[left], 1.)
  return y[left] + (rates - x[left]) / width * (y[right] - y[left])


def _counts(scores, positive):
  """Positives and negatives at or above each distinct score, from the top."""
  scores = np.asarray(scores, np.float64)
  positive = np.asarray(positive, bool)
  if scores.shape != positive.shape or scores.ndim != 1:
    raise ValueError(f'scores {list(scores.shape)} and labels '
                     f'{list(positive.shape)}: one of each an example')
  if positive.all() or not positive.any():
    raise ValueError('a ROC curve is of positive and negative examples, and '
                     f'all {len(positive)} are of one kind')
  if np.isnan(scores).any():
    raise ValueError(f'{int(np.isnan(scores).sum())} scores are nan')
  values, place = np.unique(-scores, return_inverse=True)
  count = lambda which: np.cumsum(np.bincount(
      place[which], minlength=len(values)))
  return count(positive), count(~positive)
