"""Losses of several generators against one D, which also tells them apart.

D's logits of real samples are [n, outputs], of fakes [K, n, outputs], by
generator. The data is one distribution p, each generator one, q_k, and q their
mean.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp

from gans_jax.losses.adversarial import Pair
from gans_jax.losses.classification import Head, cross_entropy

Array = jax.Array


class Contest(NamedTuple):
  """What both sides minimise: the sum of named parts.

  Attributes:
    outputs: logits of D.
    d: (logits of real, logits of fakes) -> parts of D's loss.
    g: logits of fakes -> parts of the generators' loss.
    real_logit: logits [..., outputs] -> the logit of "real", [...].
  """

  outputs: int
  d: Callable[[Array, Array], Mapping[str, Array]]
  g: Callable[[Array], Mapping[str, Array]]
  real_logit: Callable[[Array], Array]


def _tell(logits: Array, first: int = 0) -> Array:
  """The mean cross entropy of [K, n, O] with the labels first + k."""
  size, n, _ = logits.shape
  labels = first + jnp.arange(size)
  return cross_entropy(logits, jnp.broadcast_to(labels[:, None], (size, n)))


def multiclass(size: int, objective: Pair) -> Contest:
  """One softmax over "real", class 0, and the generators, classes 1 to K.

  `L_D = E_p -log D_0 + sum_k E_{q_k} -log D_k`: Ghosh et al. 2018
  (arXiv:1704.02906). Its optimum is `D_0 = p / (p + K q)`, so
  1 / (K + 1) where the mean of the generators is the data.
  `L_G` is the sum over generators of `E -log D_0` with `non_saturating`, of
  `E log(1 - D_0)`, the paper's, with `minimax`.

  Args:
    size: K.
    objective: whose `g` is taken, of the logit of "real".
  """
  head = Head(1, size)

  def d(real, fake):
    return dict(real_class=head.cross_entropy(real, 0),
                fake_classes=size * _tell(fake, 1))

  return Contest(
      head.outputs, d, lambda fake: dict(
          adversarial=size * objective.g(head.real_logit(fake))),
      head.real_logit)


def classified(size: int, objective: Pair, beta: float) -> Contest:
  """A logit of "real", and K of a classifier that tells the generators apart.

  `L_D = E_p sp(-s) + E_q sp(s) + E -log C_k(G_k(z))` and `L_G = E_q sp(-s) +
  beta E -log C_k(G_k(z))`: Hoang et al. 2018 (MGAN), where D and C have
  all layers but the last in common.

  Args:
    size: K.
    objective: of s.
    beta: weight of diversity; of generators alone, as in the authors' code.
  """
  def d(real, fake):
    return dict(adversarial=objective.d(real[..., 0], fake[..., 0]),
                classes=_tell(fake[..., 1:]))

  def g(fake):
    return dict(adversarial=objective.g(fake[..., 0]),
                classes=beta * _tell(fake[..., 1:]))

  return Contest(1 + size, d, g, lambda logits: logits[..., 0])
