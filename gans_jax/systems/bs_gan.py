"""Boundary-seeking GAN for continuous data.

Hjelm, Jacob, Che, Trischler, Cho, Bengio. "Boundary-seeking generative
adversarial networks". ICLR 2018.

    L_D = E_x sp(-s(x)) + E_z sp(s(G(z)))
    L_G = E_z s(G(z))^2 / 2 = E_z (log D - log(1 - D))^2 / 2

s = log p/q at D's best, so that G moves its samples to where D cannot tell,
from both sides. `cross_entropy`, E_z [sp(-s) + s/2], is an option of the
published code. One step each a round. Discrete data: bs_gan_discrete.

Departures: none.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import boundary

NETS = dict(name='dc28')
ADAM = dict(name='adam', lr=1e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          seek: str = 'squared', z: int = 64, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    seek: how, of gans_jax.losses.boundary.BOUNDARIES.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  return two_player.named(
      spec, errors.choose('seek', seek, boundary.BOUNDARIES), nets=nets, z=z,
      prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema, parts=parts)
