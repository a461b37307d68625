"""Losses of joint games, on what D says of pairs (x, z), as pairs of functions.

With `s` the scores of encoded pairs (x, E(x)) and `t` those of generated ones
(G(z), z), `E` means over the batch and `sp(a) = log(1 + e^a)`. Scores are
[B], or [B, K] where D gives several of a pair, whose losses are added up.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp

Array = jax.Array


class Joint(NamedTuple):
  """What each side minimises; both return a scalar.

  Attributes:
    d: `d(encoded, generated)`, scores of both kinds of pairs.
    g: `g(encoded, generated)`, what E and G minimise.
  """

  d: Callable[[Array, Array], Array]
  g: Callable[[Array, Array], Array]


def total(loss: Callable[[Array], Array], scores: Array) -> Array:
  """The sum over scores of a pair of the mean over pairs of `loss(scores)`."""
  wide = jnp.promote_types(scores.dtype, jnp.float32)
  return jnp.sum(jnp.mean(loss(scores.astype(wide)), 0))


def _cross_entropy(s: Array, t: Array) -> Array:
  return total(lambda s: jax.nn.softplus(-s), s) + total(jax.nn.softplus, t)


minimax = Joint(d=_cross_entropy, g=lambda s, t: -_cross_entropy(s, t))
"""The zero-sum game: `L_D = E sp(-s) + E sp(t)`, `L_EG = -L_D`.

Donahue et al. 2017 (arXiv:1605.09782), eq. 3; Dumoulin et al. 2017
(arXiv:1606.00704), eq. 6. E and G have no gradient where D is sure.
"""

non_saturating = Joint(
    d=_cross_entropy, g=lambda s, t: _cross_entropy(t, s))
"""`L_D = E sp(-s) + E sp(t)`, `L_EG = E sp(s) + E sp(-t)`: labels exchanged.

Donahue et al. 2017 (arXiv:1605.09782), section 3.5; the code of both papers.
"""

hinge = Joint(
    d=lambda s, t: (total(lambda s: jax.nn.relu(1 - s), s)
                    + total(lambda t: jax.nn.relu(1 + t), t)),
    g=lambda s, t: total(lambda s: s, s) - total(lambda t: t, t))
"""`L_D = sum E [1 - s]+ + E [1 + t]+`, `L_EG = sum E s - E t`, without a hinge.

Donahue and Simonyan 2019 (BigBiGAN, arXiv:1907.02544), section 2; the sum is
over the scores of x alone, of z alone and of both.
"""

JOINTS: Mapping[str, Joint] = dict(
    minimax=minimax, non_saturating=non_saturating, hinge=hinge)
