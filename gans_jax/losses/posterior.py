"""Posteriors over the weights of nets, as losses.

With U minus the log of a posterior over N examples, losses are U / N: means
over examples, and the prior's part divided by N.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

Array = jax.Array
PyTree = Any


def prior(params: PyTree, std: float) -> Array:
  """`sum theta^2 / (2 std^2)`, minus the log of N(0, std^2), but a constant.

  Its gradient is theta / std^2.
  """
  return sum(jnp.sum(jnp.square(x)) for x in jax.tree.leaves(params)) / (
      2 * std ** 2)


def prior_of_means(params: PyTree, std: float) -> Array:
  """`sum over tensors, mean over each (theta / std)^2`; [K] of a set of nets.

  What the code of Saatci and Wilson 2017 has in place of `prior`.

  Args:
    params: with a leading axis of K nets.
    std: of the prior.
  """
  return sum(jnp.mean(jnp.square(x / std), tuple(range(1, x.ndim)))
             for x in jax.tree.leaves(params))


def linear_noise(key: Array, params: PyTree, std: float) -> Array:
  """`sum theta eps`, eps ~ N(0, std^2): noise of that gradient."""
  leaves = jax.tree.leaves(params)
  return sum(jnp.sum(x * std * jax.random.normal(k, x.shape))
             for x, k in zip(leaves, jax.random.split(key, len(leaves))))


# How losses against each of P opponents, [..., P], become one: algorithm 1 adds
# up logs, which is the mean at another learning rate; the authors' code has the
# log of the sum of e^loss, which looks at the opponent that is lost to most.
OVER: Mapping[str, Callable[[Array], Array]] = dict(
    mean=lambda losses: jnp.mean(losses, -1),
    logsumexp=lambda losses: jax.nn.logsumexp(losses, -1))

