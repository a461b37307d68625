"""Inception score: sure of each picture, unsure of all."""

from typing import NamedTuple

import numpy as np


class Score(NamedTuple):
  """Mean and standard deviation (of the population) over the splits."""

  mean: float
  std: float


def inception_score(logits: np.ndarray, splits: int = 10,
                    shuffle: int | None = None) -> Score:
  """`exp(E_x KL(p(y|x) || p(y)))` of each split of the samples.

  Salimans et al. 2016 (arXiv:1606.03498), section 4. The published numbers are
  of 50,000 samples in 10 splits, in the 1008 classes of the TF-2015 network,
  with logits that leave out its bias. More samples score higher: p(y) of a
  split is estimated from the split.

  Args:
    logits: [N, K].
    splits: how many parts, in order, as equal as can be: of i N // splits.
    shuffle: seed of the order (torch-fidelity's is 2020); None: as drawn
      (NVIDIA's).

  Raises:
    ValueError: fewer samples than splits, or nan.
  """
  logits = np.asarray(logits, np.float64)
  if logits.ndim != 2 or splits < 1:
    raise ValueError(f'logits {list(logits.shape)} in {splits} splits: they '
                     'are [N, K], in 1 split or more')
  if len(logits) < splits:
    raise ValueError(f'{len(logits)} samples for {splits} splits')
  if not np.isfinite(logits).all():
    raise ValueError('logits are nan or infinite')
  if shuffle is not None:
    logits = logits[np.random.RandomState(shuffle).permutation(len(logits))]
  top = logits - logits.max(1, keepdims=True)
  log_p = top - np.log(np.exp(top).sum(1, keepdims=True))    # [N, K]
  p, n, scores = np.exp(log_p), len(logits), []
  for i in range(splits):
    rows = slice(i * n // splits, (i + 1) * n // splits)
    mean = p[rows].mean(0)
    log_mean = np.log(mean, where=mean > 0, out=np.zeros_like(mean))
    kl = np.sum(p[rows] * (log_p[rows] - log_mean), 1)
    scores.append(np.exp(kl.mean()))
  return Score(float(np.mean(scores)), float(np.std(scores)))
