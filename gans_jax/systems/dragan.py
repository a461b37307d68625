"""DRAGAN: a gradient penalty around the data.

Kodali, Abernethy, Hays, Kira. "On convergence and stability of GANs". 2017
(arXiv:1705.07215).

    L_D = E_x sp(-s(x)) + E_z sp(s(G(z)))
          + lambda E_x' (||grad s(x')||_2 - 1)^2                  (section 2.3)
    L_G = E_z sp(-s(G(z)))

x' lies near real samples only; s is the logit of D. The published code has
x' = x + a std u / 2, with u ~ U(0, 1) an element, a ~ U(0, 1) a sample and std
that of the batch (points 'around_real'); compare_gan's is centred, x' = x +
std (u - 1/2) ('around_real_centred'). lambda = 10; one step each a round.

Departures: the points of the code, where the paper has x + N(0, c I).
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan', d_norm=None)
ADAM = dict(name='adam', lr=1e-4, b1=0.5, b2=0.9)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, weight: float = 10.,
          points: str = 'around_real', z: int = 100, prior: str = 'uniform',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs, without batch
      normalisation in D.
    weight: lambda.
    points: where the gradient is taken, of families.terms.POINTS.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  return two_player.named(
      spec, adversarial.non_saturating, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema, parts=parts,
      d_terms=(terms.gradient_penalty(points, weight),))
