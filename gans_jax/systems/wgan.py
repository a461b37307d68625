"""Wasserstein GAN with weight clipping.

Arjovsky, Chintala, Bottou. "Wasserstein generative adversarial networks".
ICML 2017.

A critic f with |params| <= c estimates W1 up to a factor (eq. 2, algorithm 1):

    L_D = E_z f(G(z)) - E_x f(x),    L_G = -E_z f(G(z))

n_critic = 5 critic steps a round; 100 of them for each of the first 25
generator steps and for every 500th (the published code), which in rounds of 5
is a generator that sits out 19 rounds of 20: `schedules.bursts`. RMSProp(5e-5).

Departures: params are clipped after each critic step, where the published code
clips before it: every forward pass but the first sees the same params.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import schedules
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan')
RMSPROP = dict(name='rmsprop', lr=5e-5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          clip: float = 0.01, n_critic: int = 5, bursts: bool = True,
          z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = RMSPROP,
          d_optim: Mapping[str, Any] = RMSPROP, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    clip: c; also of batch normalisation's params, as in the published code.
    n_critic: critic steps a round.
    bursts: 20 rounds of critic steps alone where the published code has 100
      critic steps; `steps` of the config then counts rounds, not G's steps.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  return two_player.named(
      spec, adversarial.wasserstein, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim={**d_optim, 'clip': clip}, n_critic=n_critic,
      g_when=schedules.bursts() if bursts else None, ema=ema, parts=parts)
