"""b-GAN: density ratios by Bregman divergences.

Uehara, Sato, Suzuki, Nakayama, Matsuo. "Generative adversarial nets from a
density ratio estimation perspective". 2016 (arXiv:1610.02920).

D estimates the ratio r = p/q of data and model, for a convex f by

    L_D = E_z [f'(r) r - f(r)] - E_x f'(r)
    L_G = E_z f(r(G(z)))             `direct`, the f-divergence, as printed
        = E_z [f(r) - r f'(r)]       `variational`, the gradient of f-GAN

One step each a round. A choice of the two is asked for, since the printed one
may lower r where it is above 1.

Departures: D's raw output is log r, where the paper has a softplus; ratios
above 50 grow linearly in it.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import bregman

NETS = dict(name='dcgan')
ADAM = dict(name='adam', lr=5e-5, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, f: str = 'pearson',
          surrogate: str = 'variational', relative: float = 0., z: int = 100,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    f: of gans_jax.losses.bregman.BREGMAN.
    surrogate: what G minimises, of gans_jax.losses.bregman.SURROGATES.
    relative: a of the ratio p / (a p + (1 - a) q), below 1.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: unknown names, or a share outside [0, 1).
  """
  if not 0 <= relative < 1:
    raise errors.ConfigError(f'relative={relative} is not in [0, 1)')
  objective = errors.choose('surrogate', surrogate, bregman.SURROGATES)(
      errors.choose('f', f, bregman.BREGMAN), relative)
  return two_player.named(
      spec, objective, nets=nets, z=z, prior=prior, g_optim=g_optim,
      d_optim=d_optim, ema=ema, parts=parts)
