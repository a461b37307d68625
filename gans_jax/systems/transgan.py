"""TransGAN: two transformers, and what makes them learn from little data.

Jiang, Chang, Wang. "TransGAN: two pure transformers can make one strong GAN,
and that can scale up". NeurIPS 2021.

    L_D = E_z s(A(G(z))) - E_x s(A(x)) + 0.001 (E_x s(A(x)))^2
          + (10 / phi^2) E_u (|grad s(A(u))| - phi)^2
    L_G = -E_z s(A(G(z)))

The critic sees everything, u = e x + (1 - e) G(z) too, through DiffAugment's A,
drawn anew each time, and the gradient is at the picture itself. The last term
has the square of the batch's mean, where ProGAN has the mean of squares.
n_critic = 4, Adam(1e-4, 0, 0.99), the gradient of either player no longer than
5; one samples with an average of G's params whose half-life grows with the
steps. Nets: gans_jax.nets.transgan.

Departures: G's batch is D's, where the code has twice as many; a coin a picture
says whether it is cut, where the code throws one for the whole batch. The
code's weight decay is for an optimizer that its scripts don't choose.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors, schedules
from gans_jax.augment import diffaug
from gans_jax.data.spec import Spec
from gans_jax.families import terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='transgan')
AUGMENT = dict(policy='translation,cutout,color', translate=.2, chance=.3)
ADAM = dict(name='adam', lr=1e-4, b1=0., b2=0.99, max_norm=5.)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          augment: Mapping[str, Any] = AUGMENT, weight: float = 10.,
          phi: float = 1., drift: float = 1e-3, n_critic: int = 4,
          z: int = 256, prior: str = 'normal', half_life: float = 7812.5,
          warmup: float = 0.1, g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures.
    nets: name and arguments of a pair of gans_jax.families.pairs, without batch
      normalisation in the critic.
    augment: arguments of `diffaug.make`; policy '' for none.
    weight: of the penalty, over phi^2.
    phi: the gradient's norm that costs nothing.
    drift: weight of the squared mean score.
    n_critic: critic steps a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    half_life: of the average of G's params, in rounds: 500,000 images of
      batches of 64.
    warmup: it is at most this share of the critic's steps so far.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: pictures that the nets cannot take, or phi not above 0.
  """
  if phi <= 0:
    raise errors.ConfigError(f'phi={phi}: the norm of a gradient is above 0')
  augment = {'policy': '', **augment}
  view = errors.call('augment', diffaug.make, augment.pop('policy'),
                     spec.shapes['x'], **augment)
  return two_player.named(
      spec, adversarial.wasserstein, nets=nets, z=z, prior=prior,
      view=view, n_critic=n_critic, g_optim=g_optim, d_optim=d_optim,
      parts=parts,
      d_terms=(terms.gradient_penalty(weight=weight / phi ** 2, centre=phi),
               terms.mean_drift(drift)),
      ema=schedules.ema_warmup(half_life, warmup * n_critic))
