"""Generative adversarial network.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio.
"Generative adversarial nets". NIPS 2014.

With s = logit of D and sp(t) = log(1 + e^t), D minimises

    L_D = E_x sp(-s(x)) + E_z sp(s(G(z)))                             (eq. 1)

and G, with `minimax`, L_G = -E_z sp(s(G(z))), or, with `non_saturating`
(section 3, what was trained), L_G = E_z sp(-s(G(z))). One step each a round.

Departures: none with `nets.name='maxout'` and the optimizer of configs/
gan_mnist.py:paper. The default nets and Adam are what is used today.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='mlp')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          objective: str = 'non_saturating', z: int = 100,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    objective: of gans_jax.losses.adversarial.PAIRS.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  return two_player.named(
      spec, errors.choose('objective', objective, adversarial.PAIRS),
      nets=nets, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema,
      parts=parts)
