"""SN-GAN: spectral normalisation; with labels, the projection discriminator.

Miyato, Kataoka, Koyama, Yoshida. "Spectral normalization for generative
adversarial networks". ICLR 2018. Miyato, Koyama. "cGANs with projection
discriminator". ICLR 2018.

    L_D = E_x [1 - s(x)]+ + E_z [1 + s(G(z))]+                  (eqs. 16 and 17)
    L_G = -E_z s(G(z))

Every kernel of D is W / sigma(W), sigma by one power iteration a step of D.
With labels s(x, y) = l(phi(x)) + <V y, phi(x)>, phi the features of x, and G's
batch normalisation has a gain and a bias a class. n_critic = 5 steps of D a
round, Adam(2e-4, 0, 0.9), learning rates to 0 linearly.

Departures: G's batch is D's, where the code of the paper has twice as many.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='resnet', spectral=True)
ADAM = dict(name='adam', lr=2e-4, b1=0., b2=0.9)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          conditional: bool = False, n_critic: int = 5, z: int = 128,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the papers.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs; `spectral`.
    conditional: show both nets the label.
    n_critic: steps of D a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: a conditional game on data without labels.
  """
  return two_player.named(
      spec, adversarial.hinge, nets=nets, n_critic=n_critic, z=z, prior=prior,
      classes=conditioning.classes(spec) if conditional else 0,
      g_optim=g_optim, d_optim=d_optim, ema=ema, parts=parts)
