"""f-GAN: any f-divergence.

Nowozin, Cseke, Tomioka. "f-GAN: training generative neural samplers using
variational divergence minimization". NIPS 2016.

With v the raw output of D, g its last activation and f* the conjugate of f,

    L_D = -E_x g(v(x)) + E_z f*(g(v(G(z))))                            (eq. 6)
    L_G = -E_z f*(g(v(G(z))))

or, with `alternative`, L_G = -E_z g(v(G(z))) (section 3.2), which is to the
first what the non-saturating loss is to the minimax one. Both step at once, on
gradients at the same params (algorithm 1).

Departures: outputs beyond +-15 are exponentiated along a tangent.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import divergences

NETS = dict(name='mlp')
KL = dict(name='kl')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          divergence: Mapping[str, Any] = KL,
          alternative: bool = False, together: bool = True, z: int = 100,
          prior: str = 'uniform01', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    divergence: name and arguments of one of gans_jax.losses.divergences.
    alternative: G maximises g(v) of its samples.
    together: simultaneous steps, in place of D first.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  objective = divergences.pair(divergences.make(**divergence), alternative)
  return two_player.named(
      spec, objective, nets=nets, z=z, prior=prior, g_optim=g_optim,
      d_optim=d_optim, together=together, ema=ema, parts=parts)
