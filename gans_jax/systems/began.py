"""Boundary equilibrium GAN.

Berthelot, Schumm, Metz. "BEGAN: boundary equilibrium generative adversarial
networks". 2017 (arXiv:1703.10717).

D is an autoencoder, L(x) its mean absolute error:

    L_D = E_x L(x) - k_t E_z L(G(z))
    L_G = E_z L(G(z))
    k_{t+1} = clip(k_t + lambda_k (gamma E L(x) - E L(G(z))), 0, 1)
    M = E L(x) + |gamma E L(x) - E L(G(z))|                (section 3.4 and 3.5)

k begins at 0 and is kept in memory; it holds E L(G(z)) at gamma times E L(x).
M, logged as 'g/convergence', measures progress. Both step at once, and the fake
error of k is that of G's step, as in the paper.

Departures: none; learning rates decay by a schedule of the config.
"""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp

from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import energy

NETS = dict(name='began')
ADAM = dict(name='adam', lr=1e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, gamma: float = 0.5,
          rate: float = 1e-3, z: int = 64, prior: str = 'uniform',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures.
    nets: name and arguments of a pair of gans_jax.families.pairs whose D is an
      energy: began, autoencoder.
    gamma: diversity ratio, from 0 to 1.
    rate: lambda_k.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  def balance(t, scene):      # D's other part; real errors for G's move
    t.remember(real=jnp.mean(scene.critic(scene.real)))
    return -t.memory['k'] * jnp.mean(scene.critic(scene.fake))

  def control(t, scene):      # part of G's move, which it costs nothing
    k, real = t.memory['k'], t.memory['real']
    fake = jnp.mean(scene.critic(scene.fake))
    following, measure = energy.balanced(
        k, real, fake, gamma=gamma, rate=rate)
    t.remember(k=following)
    t.log(k=k, convergence=measure,
          imbalance=(measure - real) / jnp.maximum(real, 1e-12))
    return jnp.zeros(())

  return two_player.named(
      spec, energy.equilibrium, nets=nets, z=z, prior=prior, g_optim=g_optim,
      d_optim=d_optim, ema=ema, parts=parts, together=True, d_terms=(balance,),
      g_terms=(control,), memory=dict(k=0., real=0.))
