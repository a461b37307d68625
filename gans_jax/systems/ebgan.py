"""Energy-based GAN.

Zhao, Mathieu, LeCun. "Energy-based generative adversarial networks". ICLR
2017.

D is an autoencoder, its output D(x) the error of x's reconstruction:

    L_D = E_x D(x) + E_z [m - D(G(z))]+                                 (eq. 1)
    L_G = E_z D(G(z)) + w PT                                            (eq. 2)
    PT  = sum_{i != j} cos(S_i, S_j)^2 / (N (N - 1))                    (eq. 4)

with S the codes of a batch of fakes: the pulling-away term, which keeps them
apart. w = 0.1; m is of the size of an energy, so it depends on how errors are
put together (`nets.error`). One step each a round, Adam(1e-3, 0.5).

Departures: none.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import energy, matching

NETS = dict(name='ebgan')
ADAM = dict(name='adam', lr=1e-3, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, margin: float = 20.,
          pull: float = 0.1, z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs whose D is an
      energy: autoencoder, ebgan, began.
    margin: m.
    pull: w, of the pulling-away term; 0 for none.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: the margin is not above 0.
  """
  if margin <= 0:
    raise errors.ConfigError(f'margin={margin}: energies are 0 or more')

  def pulling_away(t, scene):
    _, codes = scene.critic(scene.fake, features=True)
    term = matching.pulling_away(codes)
    t.log(cosine=term)
    return pull * term

  return two_player.named(
      spec, energy.margin(margin), nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema, parts=parts,
      g_terms=(pulling_away,) if pull else ())
