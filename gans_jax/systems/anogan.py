"""AnoGAN and f-AnoGAN: what a GAN of normal data cannot make is an anomaly.

Schlegl, Seebock, Waldstein, Schmidt-Erfurth, Langs. "Unsupervised anomaly
detection with generative adversarial networks to guide marker discovery". IPMI
2017, arXiv:1703.05921. Schlegl, Seebock, Waldstein, Langs, Schmidt-Erfurth.
"f-AnoGAN: fast unsupervised anomaly detection with generative adversarial
networks". Medical Image Analysis 54, 2019.

A GAN is trained on normal x alone. AnoGAN finds the z of an x by 500 steps of
gradient, and the last value is its score (eqs. 2, 5, 6; f is a layer of D):

    A(x) = (1 - lambda) sum |x - G(z)| + lambda sum |f(x) - f(G(z))|

f-AnoGAN trains an encoder, by `izi_f`, `izi` (kappa = 0), both on real x, or
`ziz`, the mean square of z - E(G(z)); G and D stand still:

    L_E = A(x) = mean (x - x')^2 + kappa mean (f(x) - f(x'))^2,  x' = G(E(x))

The head 'anomaly' gives A, for any x. With G(z) = A z, lambda = 0 and squares,
z = A^+ x and what is left is (I - A A^+) x.

Departures: f is the input of D's last layer; f-AnoGAN's E ends by tanh in the
code though its z is normal, and is linear here unless z is bounded.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import inverter, priors
from gans_jax.game import Game
from gans_jax.losses import reconstruction

NETS = dict(name='dcgan', width=64, d_width=64)
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
SEARCH = dict(steps=500, lr=.01, weight=.1, error='sum_absolute')
TRAINED = dict(loss='izi_f', kappa=1., start=0)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          search: Mapping[str, Any] | None = None,
          encoder: Mapping[str, Any] | None = None,
          z: int = 100, prior: str = 'uniform', n_critic: int = 1,
          objective: str = 'non_saturating', penalty: float = 0.,
          e_nets: Mapping[str, Any] = {},
          g_optim: Mapping[str, Any] = ADAM, d_optim: Mapping[str, Any] = ADAM,
          e_optim: Mapping[str, Any] = dict(name='rmsprop', lr=5e-5)) -> Game:
  """The game of either paper.

  Args:
    spec: of normal data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    search: AnoGAN's: steps and rate of Adam, lambda as `weight`, and the error,
      of gans_jax.losses.reconstruction; what is left out is as published.
    encoder: None: AnoGAN; f-AnoGAN's: its loss, 'izi_f', 'izi' or 'ziz', kappa,
      and the rounds of the GAN before it as `start`.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    n_critic: D's moves a round.
    objective: of the GAN, of gans_jax.losses.adversarial.PAIRS.
    penalty: weight of a gradient penalty (WGAN-GP); 0 for none.
    e_nets: fields of D that are other in E, which is built as D is.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    e_optim: likewise.

  Raises:
    errors.ConfigError: unknown names, or both a search and an encoder.
  """
  common = dict(nets=nets, z=z, prior=prior, n_critic=n_critic,
                objective=objective, penalty=penalty, g_optim=g_optim,
                d_optim=d_optim)
  if encoder is None:
    return errors.call('search', _by_search, inverter.gan(spec, **common),
                       **{**SEARCH, **(search or {})})
  if search is not None:
    raise errors.ConfigError(
        'codes are found by an encoder, or by a search: leave one of '
        'model.encoder and model.search out')
  options = {**TRAINED, **encoder}
  errors.check_call('encoder', lambda loss, kappa, start: None, **options)
  measure = lambda kappa: inverter.discrepancy(
      reconstruction.mean_square, f_weight=kappa)
  score = measure(options['kappa'])
  losses = dict(izi_f=inverter.of_real(score),
                izi=inverter.of_real(measure(0.)),
                ziz=inverter.of_codes(priors.make(prior, z)))
  chosen = errors.choose("encoder's loss", options['loss'], losses)
  return inverter.scored(inverter.named(
      spec, dict(e=chosen), start=options['start'], e_optim=e_optim,
      e_nets=e_nets, **common), score)


def _by_search(gan: Game, steps: int, lr: float, weight: float, error: str
               ) -> Game:
  """AnoGAN: the measure that the search lowers is the score."""
  measure = inverter.discrepancy(
      errors.choose('error', error, reconstruction.ERRORS),
      1 - weight, weight)
  return inverter.scored(
      inverter.searched(gan, measure, steps=steps, lr=lr), measure)
