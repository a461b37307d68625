"""Geometric GAN: a support vector machine in the feature space of D.

Lim, Ye. "Geometric GAN". 2017 (arXiv:1705.02894).

D's last layer s = <w, phi(x)> + b is a soft-margin hyperplane, phi and w are
trained on the same loss, and G moves its samples along the normal w:

    L_D = |w|^2 / (2 B C) + E_x [1 - s(x)]+ + E_z [1 + s(G(z))]+
    L_G = -E_z s(G(z))

with B the batch: the primal problem of the machine, over B C. One step each a
round. Without the first term it is the hinge loss of SN-GAN and SAGAN.

Departures: the term of w is part of the loss, where the published code has it
as weight decay of the last layer: the same gradient.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan')
RMSPROP = dict(name='rmsprop', lr=2e-4)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, c: float = 1.,
          n_critic: int = 1, z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = RMSPROP,
          d_optim: Mapping[str, Any] = RMSPROP, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    c: C, what a sample within the margin costs.
    n_critic: steps of D a round; 10 is steadier, says the paper.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: C is not above 0.
  """
  if c <= 0:
    raise errors.ConfigError(f'c={c}: the cost of a sample is above 0')
  return two_player.named(
      spec, adversarial.hinge, nets=nets, z=z, prior=prior, g_optim=g_optim,
      d_optim=d_optim, n_critic=n_critic, d_terms=(terms.margin(c),), ema=ema,
      parts=parts)
