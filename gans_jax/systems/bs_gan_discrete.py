"""Boundary-seeking GAN for discrete data: bits.

Hjelm, Jacob, Che, Trischler, Cho, Bengio. "Boundary-seeking generative
adversarial networks". ICLR 2018.

G(z) gives the parameters of a distribution g(x|z), here a logit a bit. No
gradient passes through its samples; D, trained by cross entropy, says with its
logit s ~ log p/q how much more often a sample should be drawn:

    w_m = softmax_m s(x_m),   x_1 ... x_M ~ g(x|z)
    L_D = E_x sp(-s(x)) + E_{z,m} sp(s(x_m))
    L_G = -E_z sum_m w_m log g(x_m|z)

with weights that are normalised over the M samples of one z, and constant. With
`estimator='reinforce'` G has instead the reward s(x_m) - log Z - 1, where log Z
is a moving average of log E e^s, 0.995 of the last and 0.005 of this one's.

Departures: M = 20 also for D, as in the published code. Values between 0 and 1
are taken as probabilities, and drawn anew each time (dynamic binarisation).
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.game import Game, Move, Player, Turn
from gans_jax.losses import boundary

NETS = dict(name='dc28')
ADAM = dict(name='adam', lr=1e-4, b1=0.5)
MEMORY = 0.995    # of log Z


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, samples: int = 20,
          estimator: str = 'weighted', z: int = 64, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Args:
    spec: of data between 0 and 1.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    samples: M, drawn for each z.
    estimator: of G's gradient, 'weighted' or 'reinforce'.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.

  Raises:
    errors.ConfigError: the data has another range, or M is below 1.
  """
  if tuple(spec.range) != (0., 1.) or samples < 1:
    raise errors.ConfigError(
        f'bits are 0 or 1, and M is 1 or more: the data has range {spec.range} '
        f'and samples={samples}; set config.data.range=(0., 1.)')
  reinforced = errors.choose(
      'estimator', estimator, dict(weighted=False, reinforce=True))
  g, d = pairs.make(spec, **nets)
  noise = priors.make(prior, z)

  def draw(t: Turn, m: int) -> tuple[jax.Array, jax.Array]:
    """Logits [B, ...] of g(x|z), and bits [m, B, ...] drawn from it."""
    logits = t.apply('g', noise(t))
    bits = jax.random.bernoulli(t.key(), jax.nn.sigmoid(logits),
                                (m, *logits.shape))
    return logits, bits.astype(logits.dtype)

  def d_loss(t: Turn) -> jax.Array:
    _, fake = draw(t, samples)
    real = jax.random.bernoulli(t.key(), t.batch['x']).astype(fake.dtype)
    on_real = t.apply('d', real)
    on_fake = t.apply('d', fake.reshape(-1, *fake.shape[2:]))
    t.log(real=on_real, fake=on_fake)
    return boundary.squared.d(on_real, on_fake)

  def g_loss(t: Turn) -> jax.Array:
    logits, fake = draw(t, samples)
    scores = t.apply('d', fake.reshape(-1, *fake.shape[2:]))
    scores = scores.reshape(samples, -1)                  # [M, B]
    log_g = fake * logits - jax.nn.softplus(logits)       # of each bit
    log_g = jnp.sum(log_g, tuple(range(2, log_g.ndim)))
    if not reinforced:
      return boundary.weighted_log_likelihood(scores, log_g)
    log_z = (MEMORY * t.memory['log_z']
             + (1 - MEMORY) * boundary.log_mean_ratio(scores))
    t.remember(log_z=log_z)
    t.log(log_z=log_z)
    return boundary.reinforce(scores, log_g, log_z)

  return Game(
      nets=dict(g=g.clone(out=None), d=d),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_loss), Move('g', g_loss)),
      memory=dict(log_z=jnp.zeros(())) if reinforced else {},
      sample=lambda t: dict(x=draw(t, 1)[1][0]))
