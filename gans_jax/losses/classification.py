"""Losses of K logits: labels, and real or fake as a class of its own.

A head of K logits l and a fake logit fixed at 0 is a (K + 1)-way classifier
with `p(fake) = 1 / (Z + 1)`, `Z = sum_k e^{l_k}`. So `s = log Z` is the logit
of "real", and every adversarial pair takes it (Salimans et al. 2016,
arXiv:1606.03498, section 5).
"""

import dataclasses
from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
import optax

from gans_jax.losses.adversarial import Pair

Array = jax.Array


def real_logit(logits: Array) -> Array:
  """`log sum_k e^{l_k}` of [..., K] logits: [...]."""
  return jax.nn.logsumexp(logits, -1)


def weighted_mean(values: Array, weights: Array) -> Array:
  """The mean of values [...] by weights [...]; 0 where all weights are."""
  return jnp.sum(values * weights) / jnp.maximum(jnp.sum(weights), 1.)


def cross_entropy(logits: Array, labels: Array, weights: Array | None = None
                  ) -> Array:
  """`E (-l_y + log sum_k e^{l_k})`.

  Args:
    logits: [..., K].
    labels: [...] whole.
    weights: [...], 0 for examples without a label; None: all alike.

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


@dataclasses.dataclass(frozen=True)
class Head:
  """One softmax over real classes and fake ones: what D's logits stand for.

  Real classes come first. Salimans et al. 2016 and Odena 2016
  (arXiv:1606.01583) have K and 1; a mixture of generators (Ghosh et al. 2018)
  1 and as many as there are generators; a categorical GAN (Springenberg 2016)
  has no fake class.

  Attributes:
    real: real classes.
    fake: fake classes.
    fixed: the one fake logit is 0, and D has no output for it. The softmax has
      one degree of freedom too many, so this takes nothing away.
  """

  real: int
  fake: int = 1
  fixed: bool = False

  def __post_init__(self):
    if self.real < 1 or self.fake < 0 or (self.fixed and self.fake != 1):
      raise ValueError(
          f'{self}: a head has a real class or more; only a single fake logit '
          'can be fixed')

  @property
  def outputs(self) -> int:
    """How many logits D gives."""
    return self.real + (0 if self.fixed else self.fake)

  def whole(self, logits: Array) -> Array:
    """Logits of all classes, [..., real + fake]."""
    if not self.fixed:
      return logits
    return jnp.concatenate([logits, jnp.zeros_like(logits[..., :1])], -1)

  def classes(self, logits: Array) -> Array:
    """Logits of the real classes, [..., real]."""
    return logits[..., :self.real]

  def real_logit(self, logits: Array) -> Array:
    """`log p(real) - log p(fake)`, [...].

    `-log sum_{k real} p_k` is softplus of minus this.

    Raises:
      ValueError: there is no fake class.
    """
    if not self.fake:
      raise ValueError('a head without fake classes has no logit of "real"')
    real = real_logit(self.classes(logits))
    return real if self.fixed else real - real_logit(logits[..., self.real:])

  def cross_entropy(self, logits: Array, labels: Array | int,
                    weights: Array | None = None) -> Array:
    """`cross_entropy` among all; fake class j has the label real + j."""
    labels = jnp.broadcast_to(jnp.asarray(labels), logits.shape[:1])
    return cross_entropy(self.whole(logits), labels, weights)


# What G wants its samples to be taken for: (head, D's logits of fakes [B,
# outputs], asked labels [B]) -> scalar.
Target = Callable[[Head, Array, Array], Array]

TARGETS: Mapping[str, Target] = dict(
    # Any real class: -log sum_{k real} p_k.
    real=lambda head, logits, y: jnp.mean(
        jax.nn.softplus(-head.real_logit(logits))),
    # The likeliest real class as it is now (AM-GAN's dynamic labelling).
    argmax=lambda head, logits, y: head.cross_entropy(
        logits, jax.lax.stop_gradient(jnp.argmax(head.classes(logits), -1))),
    # The class that was asked for.
    given=lambda head, logits, y: head.cross_entropy(logits, y),
    # Class 0: "real" among several kinds of fakes.
    first=lambda head, logits, y: head.cross_entropy(logits, 0),
)


def entropy(logits: Array) -> Array:
  """Of each softmax: [..., K] logits -> [...], in nats."""
  log_p = jax.nn.log_softmax(logits)
  return -jnp.sum(jnp.exp(log_p) * log_p, -1)


def marginal_entropy(logits: Array) -> Array:
  """Of the mean of the softmaxes: [B, K] logits -> scalar, in nats.

  `H[1/B sum_i p(y | x_i)]`: Springenberg 2016 (arXiv:1511.06390), eq. 4. On a
  batch it is too small by about (K - 1) / (2 B).
  """
  log_p = jax.nn.logsumexp(jax.nn.log_softmax(logits), 0) - jnp.log(
      logits.shape[0])
  return -jnp.sum(jnp.exp(log_p) * log_p)


categorical = Pair(
    d=lambda real, fake: (jnp.mean(entropy(real)) - marginal_entropy(real)
                          - jnp.mean(entropy(fake))),
    g=lambda fake: jnp.mean(entropy(fake)) - marginal_entropy(fake))
"""CatGAN: D is sure of real samples, unsure of fakes, and uses all classes.

`L_D = E_r H[p(y|x)] - H[mean p(y|x)] - E_f H[p(y|x)]` and
`L_G = E_f H[p(y|x)] - H[mean p(y|x)]`, of K logits and no fake class:
Springenberg 2016 (arXiv:1511.06390), eqs. 7 and 8.
"""
