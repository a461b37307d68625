"""PacGAN: packing.

Lin, Khetan, Fanti, Oh. "PacGAN: the power of two samples in generative
adversarial networks". NeurIPS 2018.

D judges m samples at once, all real or all fake, joined along their channels
(section 3); with s its logit of a pack,

    L_D = E_x sp(-s(x_1, ..., x_m)) + E_z sp(s(G(z_1), ..., G(z_m)))
    L_G = E_z sp(-s(G(z_1), ..., G(z_m)))

Nothing else differs from the game that is packed: the nets are those of GAN or
DCGAN, D's first layer being m times as wide. `families.packing` packs any game
of two players.

Departures: none.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import packing, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan28')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, pack: int = 2,
          objective: str = 'non_saturating', z: int = 100,
          prior: str = 'uniform', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    pack: m, samples that D judges at once; it must divide the batch.
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
      nets=nets, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim,
      view=packing.packed(pack), ema=ema, parts=parts)
