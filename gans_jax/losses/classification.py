"""Losses of K logits: labels, and real or fake as a class of its own.

A head of K logits l and a fake logit fixed at 0 is a (K + 1)-way classifier
with `p(fake) = 1 / (Z + 1)`, `Z = sum_k e^{l_k}`. So `s = log Z` is the logit
of "real", and every adversarial pair takes it (Salimans et al. 2016,
arXiv:1606.03498, section 5).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gans_jax.losses.adversarial import Pair

Array = jax.Array


def real_logit(logits: Array) -> Array:
  """`log sum_k e^{l_k}` of [..., K] logits: [...]."""
  return jax.nn.logsumexp(logits, -1)


def weighted_mean(values: Array, weights: Array) -> Array:
  """The mean of values [B] by weights [B]; 0 where all weights are."""
  return jnp.sum(values * weights) / jnp.maximum(jnp.sum(weights), 1.)


def cross_entropy(logits: Array, labels: Array, weights: Array | None = None
                  ) -> Array:
  """`E (-l_y + log sum_k e^{l_k})`.

  Args:
    logits: [B, K].
    labels: [B] whole.
    weights: [B], 0 for examples without a label; None: all alike.

  Returns:
    A scalar; 0 if no example counts.
  """
  each = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
  return jnp.mean(each) if weights is None else weighted_mean(each, weights)


def weighted_d(objective: Pair) -> Callable[[Array, Array, Array], Array]:
  """D's loss of a pair, with real samples weighted.

  For pairs whose loss is a mean over real samples and one over fakes: all of
  `adversarial` but relativistic ones.

  Returns:
    (real logits [B], weights [B], fake logits) -> scalar, 0 if no real
    sample counts.
  """
  def d(real: Array, weights: Array, fake: Array) -> Array:
    each = jax.vmap(lambda s: objective.d(s[None], fake))(real)
    return weighted_mean(each, weights)
  return d
