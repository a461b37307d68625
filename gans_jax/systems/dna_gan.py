"""GAN-based DNA design: sequences by WGAN-GP, and a predictor to steer them.

Killoran, Lee, Delong, Duvenaud, Frey. "Generating and designing DNA with deep
generative models". 2017 (arXiv:1712.06148).

Sequences are one-hot [L, V]; G gives a softmax over letters in each place, and
D sees those soft letters as they are. The game is WGAN-GP's,

    L_D = E_z f(G(z)) - E_x f(x) + 10 E_u (||grad f(u)||_2 - 1)^2
    L_G = -E_z f(G(z))

with five critic steps. Where the data has scores, a predictor P learns them by
the way, E (P(x) - score)^2 / 2, and shares nothing with G and D: then z can be
moved to where P(G(z)) is high, which is `apps.design`.

Departures: P is trained in the same run, for them a run of its own; its last
logit goes to the sigmoid as it is, where the published code leaks.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import terms, two_player
from gans_jax.game import Game, Move, Player, Turn
from gans_jax.losses import adversarial
from gans_jax.nets import dna

NETS = dict(name='dna')
ADAM = dict(name='adam', lr=1e-4, b1=0.5, b2=0.9)
P_ADAM = dict(name='adam', lr=5e-5, b1=0.9)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, weight: float = 10.,
          n_critic: int = 5, z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM, d_optim: Mapping[str, Any] = ADAM,
          predictor: Mapping[str, Any] = {},
          p_optim: Mapping[str, Any] = P_ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of sequences, with scores or without.
    nets: name and arguments of a pair for sequences: dna.
    weight: of the penalty.
    n_critic: critic steps a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    predictor: arguments of gans_jax.nets.dna.Predictor.
    p_optim: likewise, of P's optimizer.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  game = two_player.named(
      spec, adversarial.wasserstein, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, n_critic=n_critic, ema=ema,
      d_terms=(terms.gradient_penalty(weight=weight),), parts=parts)
  if 'score' not in spec.shapes:
    return game
  p = errors.call('predictor', dna.Predictor, **predictor)

  def score(t: Turn) -> jax.Array:
    return jax.nn.sigmoid(t.apply('p', t.batch['x']))

  def p_loss(t: Turn) -> jax.Array:
    return jnp.mean(jnp.square(score(t) - t.batch['score'])) / 2

  return dataclasses.replace(
      game, nets={**game.nets, 'p': p}, round=(*game.round, Move('p', p_loss)),
      players={**game.players, 'p': Player(('p',), optim.make(**p_optim))},
      heads={**game.heads, 'score': score})
