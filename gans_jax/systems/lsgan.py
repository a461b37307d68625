"""Least squares GAN.

Mao, Li, Xie, Lau, Wang, Smolley. "Least squares generative adversarial
networks". ICCV 2017.

With s the raw output of D (no sigmoid), which is to be b for real samples and
a for fakes, where G wants it to be c:

    L_D = E_x (s(x) - b)^2 / 2 + E_z (s(G(z)) - a)^2 / 2               (eq. 2)
    L_G = E_z (s(G(z)) - c)^2 / 2

(a, b, c) = (0, 1, 1), eq. 9, or (-1, 1, 0), eq. 8, under which an optimal D
makes G minimise the Pearson divergence of 2q from p + q. One step each a round.

Departures: batch means, where the published code sums over the batch, which is
a learning rate as many times as high under SGD and the same under Adam.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          targets: Sequence[float] = (0., 1., 1.), z: int = 100,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    targets: a, b and c.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: a equals b, or there are not three targets.
  """
  if len(targets) != 3 or targets[0] == targets[1]:
    raise errors.ConfigError(
        f'least squares has targets a, b and c with a != b, not {targets}')
  return two_player.named(
      spec, adversarial.least_squares(*targets), nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema, parts=parts)
