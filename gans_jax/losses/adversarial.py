"""Adversarial losses, as pairs of what D and what G minimise.

With `s` the raw output of D (no sigmoid), `E_r` and `E_f` means over real and
fake samples, and `sp(t) = log(1 + e^t)`. Logits may have any shape (a patch
discriminator's [B, H, W], a list of scales concatenated): all are averaged,
in float32 at least.
"""

from typing import Callable, NamedTuple

import jax
import jax.numpy as jnp

Array = jax.Array


class Pair(NamedTuple):
  """What each side minimises; both return a scalar.

  Attributes:
    d: `d(real_logits, fake_logits)`, logits of any shapes.
    g: `g(fake_logits)`.
  """

  d: Callable[[Array, Array], Array]
  g: Callable[[Array], Array]


def mean(loss: Callable[[Array], Array], logits: Array) -> Array:
  """The mean of `loss(logits)`; bfloat16 logits are widened first."""
  wide = jnp.promote_types(logits.dtype, jnp.float32)
  return jnp.mean(loss(logits.astype(wide)))


def _cross_entropy_d(real: Array, fake: Array) -> Array:
  # sp(-s) = -log sigmoid(s): never through probabilities, which underflow.
  return (mean(lambda s: jax.nn.softplus(-s), real)
          + mean(jax.nn.softplus, fake))


minimax = Pair(
    d=_cross_entropy_d,
    g=lambda fake: -mean(jax.nn.softplus, fake))
"""The zero-sum game: `L_D = E_r sp(-s) + E_f sp(s)`, `L_G = -E_f sp(s)`.

Goodfellow et al. 2014 (arXiv:1406.2661), eq. 1. G's gradient vanishes where D
is sure (saturates).
"""

non_saturating = Pair(
    d=_cross_entropy_d,
    g=lambda fake: mean(lambda s: jax.nn.softplus(-s), fake))
"""`L_D = E_r sp(-s) + E_f sp(s)`, `L_G = E_f sp(-s)`.

Goodfellow et al. 2014 (arXiv:1406.2661), end of section 3: the same fixed
point as `minimax`, with a gradient where D is sure.
"""

hinge = Pair(
    d=lambda real, fake: (mean(lambda s: jax.nn.relu(1 - s), real)
                          + mean(lambda s: jax.nn.relu(1 + s), fake)),
    g=lambda fake: -mean(lambda s: s, fake))
"""`L_D = E_r [1 - s]+ + E_f [1 + s]+`, `L_G = -E_f s` (linear, no hinge).

Lim and Ye 2017 (arXiv:1705.02894), eqs. 18-19; Miyato et al. 2018
(arXiv:1802.05957), eqs. 16-17.
"""

wasserstein = Pair(
    d=lambda real, fake: mean(lambda s: s, fake) - mean(lambda s: s, real),
    g=lambda fake: -mean(lambda s: s, fake))
"""`L_D = E_f s - E_r s`, `L_G = -E_f s`; s must be kept Lipschitz.

Arjovsky et al. 2017 (arXiv:1701.07875), eqs. 2-3. `-L_D` estimates the
Wasserstein distance, up to the Lipschitz constant.
"""


def least_squares(a: float = 0., b: float = 1., c: float = 1.) -> Pair:
  """`L_D = E_r (s - b)^2 / 2 + E_f (s - a)^2 / 2`, `L_G = E_f (s - c)^2 / 2`.

  Mao et al. 2017 (arXiv:1611.04076), eq. 2, on the raw output s. With
  (a, b, c) = (-1, 1, 0), so that b - c = 1 and b - a = 2, an optimal D makes
  G minimise a Pearson chi-squared divergence (section 3.2).

  Args:
    a: D's target for fake samples.
    b: D's target for real samples.
    c: what G wants D to say of its samples.

  Returns:
    The pair.

  Raises:
    ValueError: if a equals b, which leaves D nothing to learn.
  """
  if a == b:
    raise ValueError(f'least squares needs a != b, both are {a}')

  def to(target):
    return lambda s: jnp.square(s - target) / 2

  return Pair(d=lambda real, fake: mean(to(b), real) + mean(to(a), fake),
              g=lambda fake: mean(to(c), fake))


lsgan = least_squares()
"""`least_squares` with the 0-1 targets of section 3.2.3."""


def smoothed(alpha: float = .9, pair: Pair = non_saturating) -> Pair:
  """One-sided label smoothing: D's target is alpha for real samples.

  `L_D = E_r [alpha sp(-s) + (1 - alpha) sp(s)] + E_f sp(s)`: Salimans et al.
  2016 (arXiv:1606.03498), section 3.4. The target of fakes stays 0, so D's
  optimum is `alpha p / (p + q)`, without a q that would keep G where it is.

  Args:
    alpha: the target.
    pair: whose `g` is kept; its `d` is that of cross entropy.

  Raises:
    ValueError: if alpha is not above 0 and at most 1.
  """
  if not 0 < alpha <= 1:
    raise ValueError(f'a smoothed label lies in (0, 1], not {alpha}')
  return Pair(
      d=lambda real, fake: (
          alpha * mean(lambda s: jax.nn.softplus(-s), real)
          + (1 - alpha) * mean(jax.nn.softplus, real)
          + mean(jax.nn.softplus, fake)),
      g=pair.g)


PAIRS: dict[str, Pair] = {
    'minimax': minimax,
    'non_saturating': non_saturating,
    'smoothed': smoothed(),
    'lsgan': lsgan,
    'hinge': hinge,
    'wasserstein': wasserstein,
}
