"""BiGAN: the inverse of G, learnt in the same game.

Donahue, Krahenbuhl, Darrell. "Adversarial feature learning". ICLR 2017,
arXiv:1605.09782.

D sees pairs, those of the data with the code that E finds and those of G with
the code it was made of, s(x, z) its logit:

    L_D  = E_x sp(-s(x, E(x))) + E_z sp(s(G(z), z))                   (eq. 3)
    L_EG = E_x sp(s(x, E(x))) + E_z sp(-s(G(z), z))           (section 3.5)

with all three nets updated at once, from one forward pass. Where the best D
says 1/2, E and G are inverses of each other (theorem 2). `regressor` is the
baseline of section 4.1, an E that is fitted to z from G(z).

Departures: losses are sums, the code's are halves of them, which Adam does not
see but for weight decay.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import bidirectional
from gans_jax.game import Game
from gans_jax.losses import joint

NETS = dict(name='bigan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, z: int = 50,
          prior: str = 'uniform', objective: str = 'non_saturating',
          regressor: Mapping[str, float] | None = None, ema: float = 0.,
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a triple of gans_jax.families.triples.
    z: dimensions of the codes.
    prior: of gans_jax.families.priors.
    objective: of gans_jax.losses.joint.
    regressor: None, or dict(weight=1., g_weight=0.): the baseline, in which D
      sees x alone.
    ema: if not 0, decay of the averages of G's and E's params.
    g_optim: arguments of gans_jax.optim.make, for G and E.
    d_optim: likewise.
  """
  common = dict(nets=nets, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim)
  if regressor is not None:
    errors.check_call('regressor', lambda weight=1., g_weight=0.: None,
                      **regressor)
    return bidirectional.named(spec, None, **common, **regressor)
  return bidirectional.named(
      spec, errors.choose('objective', objective, joint.JOINTS), ema=ema,
      **common)
