"""AEGAN: an inverse of G, trained as the encoder whose decoder G is.

Luo, Xu, Tang, Lv. "Learning inverse mapping by autoencoder based generative
adversarial nets". ICONIP 2017, arXiv:1703.10094.

First a GAN is trained, any of one G and one D. Then G stands still, and the
inverse generator E is trained on what G makes:

    L_E = E_z |G(E(G(z))) - G(z)|^2

in the space of pictures. What it is compared with in the paper, `direct`, is in
that of codes, E_z |z - E(G(z))|^2; it fails where G takes several z to one x.
Real x are inverted by the same E, which never saw one. With a linear G = A of
full column rank, E = A^+ and L_E = 0.

Departures: squares are means over pixels, which Adam does not see. Not the
"autoencoding GAN" of Lazarou (2020), of four nets, that has the same name.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import inverter, priors
from gans_jax.game import Game
from gans_jax.losses import reconstruction

NETS = dict(name='dcgan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, start: int, nets: Mapping[str, Any] = NETS,
          loss: str = 'image', compare: bool = False, z: int = 100,
          prior: str = 'uniform', objective: str = 'non_saturating',
          penalty: float = 0., n_critic: int = 1,
          e_nets: Mapping[str, Any] = {},
          g_optim: Mapping[str, Any] = ADAM, d_optim: Mapping[str, Any] = ADAM,
          e_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    start: rounds of the GAN, before those of E.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    loss: E's, 'image' or 'direct'.
    compare: train an encoder 'other' beside E, by the loss that E has not. Both
      log `relative`, the error in pictures over what a constant would have.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors; E's last activation follows from it.
    objective: of the GAN, of gans_jax.losses.adversarial.PAIRS.
    penalty: weight of a gradient penalty (WGAN-GP); 0 for none.
    n_critic: D's moves a round.
    e_nets: fields of D that are other in E, which is built as D is.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    e_optim: likewise.
  """
  draw = priors.make(prior, z)
  losses = dict(
      image=inverter.of_generated(inverter.discrepancy(
          reconstruction.mean_square, f_weight=0.), draw),
      direct=inverter.of_codes(draw))
  chosen = dict(e=errors.choose('loss', loss, losses))
  if compare:
    chosen['other'] = losses['direct' if loss == 'image' else 'image']
  return inverter.named(
      spec, chosen, start=start, nets=nets, z=z, prior=prior,
      objective=objective, penalty=penalty, n_critic=n_critic, e_nets=e_nets,
      g_optim=g_optim, d_optim=d_optim, e_optim=e_optim)
