"""SS-GAN: D also tells how a picture was rotated.

Chen, Zhai, Ritter, Lucic, Houlsby. "Self-supervised GANs via auxiliary rotation
loss". CVPR 2019.

With r a number of quarter turns and Q_D(r | x) a head on D's trunk:

    L_D = E_x [1 - s(x)]+ + E_z [1 + s(G(z))]+ - beta E_x E_r log Q_D(r | x^r)
    L_G = -E_z s(G(z)) - alpha E_z E_r log Q_D(r | G(z)^r)       (eqs. 4 and 5)

beta = 1, alpha = 0.2. A quarter of the batch is rotated, in all four ways; the
adversarial losses see upright pictures alone, and D learns rotations of real
ones alone. The part is `families.rotation`; labels are not looked at.

Departures: D's trunk passes the rotated pictures in a call of its own, where
the published code joins all in one; for D without batch normalisation that is
the same.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.augment.rotation import check_square
from gans_jax.data.spec import Spec
from gans_jax.families import rotation, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='resnet', spectral=True)
ADAM = dict(name='adam', lr=2e-4, b1=0., b2=0.9)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          objective: str = 'hinge', alpha: float = 0.2, beta: float = 1.,
          n_critic: int = 1, z: int = 128, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of square pictures.
    nets: name and arguments of a pair of gans_jax.families.pairs; with
      `spectral` the head is spectrally normalised, too.
    objective: of gans_jax.losses.adversarial.PAIRS.
    alpha: weight of the rotations of fakes, in G's loss.
    beta: weight of the rotations of real pictures, in D's.
    n_critic: steps of D a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: data that isn't square pictures.
  """
  check_square(spec.shapes['x'])
  return two_player.named(
      spec, errors.choose('objective', objective, adversarial.PAIRS),
      nets=nets, heads=rotation.heads(bool(nets.get('spectral'))),
      d_terms=(rotation.term(beta),), g_terms=(rotation.term(alpha, 'fake'),),
      n_critic=n_critic, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim,
      ema=ema, parts=parts)
