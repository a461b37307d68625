"""What a representation tells of labels: by neighbours, or by a linear layer.

On the host, by NumPy and SciPy; both are deterministic.
"""

import numpy as np
from scipy import optimize

from gans_jax.eval.measures import blocks


def nearest_labels(train: np.ndarray, labels: np.ndarray, test: np.ndarray,
                   k: int = 1) -> np.ndarray:
  """Labels [M] of test features by vote of the k nearest training features.

  Euclidean distances. Of labels with as many votes the one whose nearest voter
  is nearer wins.

  Args:
    train: [N, D].
    labels: int [N].
    test: [M, D].
    k: voters, at most N.

  Raises:
    ValueError: features that are no features, or fewer than k.
  """
  if not 1 <= k <= len(train):
    raise ValueError(f'{k} neighbours among {len(train)} examples')
  train, test = blocks.checked(train, test, least=1)
  train, test = blocks.centred(train, test)
  out = np.empty(len(test), np.int64)
  for rows, d in blocks.squared(test, train):
    near = np.argsort(d, 1, kind='stable')[:, :k]
    for i, voters in zip(range(rows.start, rows.stop), labels[near]):
      values, first, votes = np.unique(
          voters, return_index=True, return_counts=True)
      most = votes == votes.max()
      out[i] = values[most][first[most].argmin()]
  return out


def linear_labels(train: np.ndarray, labels: np.ndarray, test: np.ndarray,
                  classes: int, l2: float = 1e-3, steps: int = 500
                  ) -> np.ndarray:
  """Labels [M] of test features by logistic regression on training features.

  Features are brought to mean 0 and variance 1 first. What is minimised is the
  mean cross entropy plus `l2 / 2 |W|^2`, a convex function, by L-BFGS.

  Args:
    train: [N, D].
    labels: int [N] below `classes`.
    test: [M, D].
    classes: K.
    l2: of the weights; biases are free.
    steps: at most.

  Raises:
    ValueError: features that are no features.
  """
  train, test = blocks.checked(train, test, least=1)
  mean = train.mean(0, dtype=np.float64)
  std = train.std(0, dtype=np.float64)
  scale = lambda x: np.where(std > 0, (x - mean) / np.where(std > 0, std, 1), 0)
  x, n = scale(train), len(train)
  wanted = np.eye(classes)[labels]

  def loss(flat):
    w, b = flat[:-classes].reshape(-1, classes), flat[-classes:]
    logits = x @ w + b
    logits -= logits.max(1, keepdims=True)
    p = np.exp(logits)
    total = p.sum(1, keepdims=True)
    value = (np.log(total[:, 0]) - (wanted * logits).sum(1)).mean()
    gap = (p / total - wanted) / n
    return (value + l2 / 2 * np.sum(w ** 2), np.concatenate(
        [(x.T @ gap + l2 * w).ravel(), gap.sum(0)]))

  found = optimize.minimize(
      loss, np.zeros((x.shape[1] + 1) * classes), jac=True, method='L-BFGS-B',
      options=dict(maxiter=steps)).x
  w, b = found[:-classes].reshape(-1, classes), found[-classes:]
  return (scale(test) @ w + b).argmax(1)
