"""ALI: a bidirectional game with a stochastic encoder.

Dumoulin, Belghazi, Poole, Lamb, Arjovsky, Mastropietro, Courville.
"Adversarially learned inference". ICLR 2017 (arXiv:1606.00704).

The game of BiGAN, found at the same time, in which q(z | x) is a distribution.
With codes that are reparametrised, z' = mu(x) + sigma(x) eps,

    L_D  = E_x sp(-s(x, z')) + E_z sp(s(G(z), z))                     (eq. 6)
    L_EG = E_x sp(s(x, z')) + E_z sp(-s(G(z), z))                (algorithm 1)

all at once. Where the best D says 1/2, q(z | x) is the posterior of p(z) and
p(x | z). `encoder=dict(name='noise')` is the published code's for a mixture,
z' = E(x, noise).

Departures: reconstructions and representations take mu(x), the code's sample.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import bidirectional
from gans_jax.game import Game
from gans_jax.losses import joint

ADAM = dict(name='adam', lr=1e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = dict(name='ali'),
          encoder: Mapping[str, Any] = dict(name='gaussian'), z: int = 64,
          prior: str = 'normal', ema: float = 0.,
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a triple of gans_jax.families.triples.
    encoder: name and arguments of gans_jax.families.encoders.
    z: dimensions of the codes.
    prior: of gans_jax.families.priors.
    ema: if not 0, decay of the averages of G's and E's params.
    g_optim: arguments of gans_jax.optim.make, for G and E.
    d_optim: likewise.
  """
  return bidirectional.named(
      spec, joint.non_saturating, nets=nets, encoder=encoder, z=z, prior=prior,
      ema=ema, g_optim=g_optim, d_optim=d_optim)
