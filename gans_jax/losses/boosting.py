"""AdaGAN's boosting: what each example counts, and each component.

Tolstikhin, Gelly, Bousquet, Simon-Gabriel, Schölkopf 2017 (arXiv:1701.02386).
A mixture P of generators is joined by a component Q with the weight beta,
`(1 - beta) P + beta Q`. Q should be near the part of the data's distribution
P_d that P leaves uncovered, so Q is trained on examples drawn with weights that
fall with `r = dP / dP_d`, the ratio that a classifier of both gives.
"""

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
import numpy as np

Array = jax.Array
# (ratios [N], beta) -> weights [N] that add up to 1.
Weighting = Callable[[Array, Array], Array]

SURE = 60.    # logits are held above minus this, or the ratio would be infinite


def ratio(logits: Array) -> Array:
  """`(1 - D) / D = e^{-s}`, dP / dP_d by a classifier's logit s of "real"."""
  return jnp.exp(-jnp.maximum(logits, -SURE))


def level(ratios: Array, beta: Array) -> Array:
  """lambda*, at which `sum_i [lambda* - (1 - beta) r_i]+ = beta N`.

  Section 3.1, eq. 18. With r sorted, `lambda_k = (beta N + (1 - beta) sum_{i <=
  k} r_i) / k`, and lambda* is that of the k for which `(1 - beta) r_k <=
  lambda_k <= (1 - beta) r_{k+1}`. As lambda_k falls while r_{k+1} is below it
  and rises from there, that is the least of all: there is always one.

  Args:
    ratios: r [N].
    beta: weight of the component, in (0, 1].

  Returns:
    A scalar.
  """
  n = ratios.shape[0]
  k = jnp.arange(1, n + 1)
  return jnp.min((beta * n + (1 - beta) * jnp.cumsum(jnp.sort(ratios))) / k)


def star(ratios: Array, beta: Array) -> Array:
  """`[lambda* - (1 - beta) r_i]+ / (beta N)`: eq. 17, of theorem 1.

  The weights of the best component, one that would be reached exactly.
  """
  return _normal(jax.nn.relu(
      level(ratios, beta) - (1 - beta) * ratios) / (beta * ratios.shape[0]))


def dagger(ratios: Array, beta: Array) -> Array:
  """`[1 - lambda (1 - beta) r_i]+ / (beta N)`: theorem 2.

  lambda is the root of `sum_i [1 - lambda (1 - beta) r_i]+ = beta N`: with r
  sorted, the largest of `(k - beta N) / ((1 - beta) sum_{i <= k} r_i)`.
  """
  n = ratios.shape[0]
  cost = (1 - beta) * jnp.cumsum(jnp.sort(ratios))
  found = jnp.max((jnp.arange(1, n + 1) - beta * n) / jnp.maximum(cost, 1e-30))
  return _normal(jax.nn.relu(1 - found * (1 - beta) * ratios))


def top_k(fraction: float = .5) -> Weighting:
  """Alike over the `fraction` of the examples with the smallest ratios.

  A heuristic of the authors' code: those that look least like the mixture's.
  """
  def weights(ratios: Array, beta: Array) -> Array:
    del beta
    return _normal((ratios <= jnp.quantile(ratios, fraction)).astype(
        ratios.dtype))
  return weights


def uniform(ratios: Array, beta: Array) -> Array:
  """Alike: bagging, components that know nothing of each other."""
  del beta
  return jnp.full(ratios.shape, 1 / ratios.shape[0], ratios.dtype)


WEIGHTINGS: Mapping[str, Weighting] = dict(
    star=star, dagger=dagger, top_k=top_k(), uniform=uniform)


def _normal(weights: Array) -> Array:
  return weights / jnp.sum(weights)


def betas(components: int, beta: float = 0.) -> np.ndarray:
  """beta_t [T] of components t = 0, 1, ...; the first has 1.

  Args:
    components: T.
    beta: of all others; 0: 1 / (t + 1), by which all end with equal weights.
  """
  t = np.arange(components)
  return np.where(t, beta or 1 / (t + 1), 1.).astype(np.float32)


def mixtures(betas: np.ndarray) -> np.ndarray:
  """Weights [T, T] of components (columns) once t + 1 are there (rows).

  Each row is `(1 - beta_t)` times that before, and beta_t for component t.
  """
  rows, have = [], np.zeros_like(betas)
  for t, beta in enumerate(betas):
    have = (1 - beta) * have
    have[t] += beta
    rows.append(have)
  return np.stack(rows)
