"""Wasserstein GAN with gradient penalty.

Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville. "Improved training of
Wasserstein GANs". NIPS 2017.

    L_D = E_z f(G(z)) - E_x f(x) + lambda E_u (||grad f(u)||_2 - 1)^2    (eq. 3)
    L_G = -E_z f(G(z))

with u = e x + (1 - e) G(z), one e ~ U(0, 1) for each pair. n_critic = 5 critic
steps a round; lambda = 10 for pictures, 0.1 for the toy sets of the published
code; no batch normalisation in the critic.

`points='real_fake'` is the variant E (||grad f|| - 1)^n at real and at fake
points, n even. It needs no interpolation and holds only on the supports.

Departures: none.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan')
ADAM = dict(name='adam', lr=1e-4, b1=0.5, b2=0.9)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          weight: float = 10., points: str = 'interpolates', power: int = 2,
          n_critic: int = 5, z: int = 128, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs, without batch
      normalisation in the critic.
    weight: lambda.
    points: where the gradient is taken, of families.terms.POINTS.
    power: n.
    n_critic: critic steps a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  penalty = terms.gradient_penalty(points, weight, power=power)
  return two_player.named(
      spec, adversarial.wasserstein, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, n_critic=n_critic, d_terms=(penalty,),
      ema=ema, parts=parts)
