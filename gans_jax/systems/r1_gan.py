"""GAN with zero-centred gradient penalties R1 and R2.

Mescheder, Geiger, Nowozin. "Which training methods for GANs do actually
converge?". ICML 2018.

    L_D = E_x sp(-s(x)) + E_z sp(s(G(z))) + R1 + R2
    R1  = gamma_1/2 E_x ||grad s(x)||^2                                (eq. 9)
    R2  = gamma_2/2 E_z ||grad s(G(z))||^2                            (eq. 10)
    L_G = E_z sp(-s(G(z)))

The paper has one of the two, gamma = 10, and samples with an average of G's
params. With `every` = k > 1 the penalties are moves of their own each k rounds,
k times as strong, and Adam is corrected (lazy regularisation: Karras et al.
2020, "Analyzing and improving the image quality of StyleGAN", appendix B).

Departures: none; note that the published code leaves the 1/2 out, so that its
10 is a gamma of 20 here.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='resnet')
RMSPROP = dict(name='rmsprop', lr=1e-4)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, r1: float = 10.,
          r2: float = 0., every: int = 1, z: int = 256, prior: str = 'normal',
          g_optim: Mapping[str, Any] = RMSPROP,
          d_optim: Mapping[str, Any] = RMSPROP, ema: float = 0.999,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs, without batch
      normalisation in D.
    r1: gamma of R1; 0 for none.
    r2: gamma of R2; 0 for none.
    every: rounds from one penalty to the next.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise, as it would be with `every` = 1.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: a negative weight, no weight at all, or `every` < 1.
  """
  if min(r1, r2) < 0 or not (r1 or r2) or every < 1:
    raise errors.ConfigError(
        f'r1={r1}, r2={r2}, every={every}: weights are 0 or more and not both '
        '0, rounds are 1 or more')
  penalties = tuple(make(gamma) for make, gamma in (
      (terms.r1, r1), (terms.r2, r2)) if gamma)
  eager = every == 1
  return two_player.named(
      spec, adversarial.non_saturating, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim if eager else optim.lazy(d_optim, every),
      d_terms=penalties if eager else (),
      lazy=() if eager else tuple((every, p) for p in penalties),
      ema=ema, parts=parts)
