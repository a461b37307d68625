"""BigBiGAN: BiGAN at the scale of BigGAN, for representations.

Donahue, Simonyan. "Large scale adversarial representation learning". NeurIPS
2019, arXiv:1907.02544.

D scores x, z and the pair, s_x = <a, F(x)>, s_z = <b, H(z)> and
s_xz = <c, J(F(x), H(z))>. With y = 1 for pairs (x, E(x)) and -1 for (G(z), z),

    L_D  = sum over pairs of [1 - y s_x]+ + [1 - y s_z]+ + [1 - y s_xz]+
    L_EG = sum over pairs of y (s_x + s_z + s_xz)

E gives a Gaussian, whose standard deviation is a softplus. As of BigGAN, D
steps twice, then E and G once.

Departures: labels of no kind are used, as in the paper; where its E sees
pictures of 256 pixels in its best run, ours sees those that D sees, as in its
first ones.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import bidirectional
from gans_jax.game import Game
from gans_jax.losses import joint

NETS = dict(name='bigbigan')
ADAM = dict(name='adam', lr=1e-4, b1=0.)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          encoder: Mapping[str, Any] = dict(name='gaussian', scale='softplus'),
          z: int = 120, prior: str = 'normal', n_critic: int = 2,
          ema: float = 0.9999, g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM,
          e_optim: Mapping[str, Any] | None = None) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a triple of gans_jax.families.triples, whose D
      gives several scores.
    encoder: name and arguments of gans_jax.families.encoders.
    z: dimensions of the codes.
    prior: of gans_jax.families.priors.
    n_critic: moves of D a round; 1: all at once.
    ema: if not 0, decay of the averages of G's and E's params.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    e_optim: likewise; None: as G. The paper's best run has 10 times G's rate.
  """
  return bidirectional.named(
      spec, joint.hinge, nets=nets, encoder=encoder, z=z, prior=prior,
      n_critic=n_critic, ema=ema, g_optim=g_optim, d_optim=d_optim,
      e_optim=e_optim)
