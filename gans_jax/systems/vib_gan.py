"""Variational discriminator bottleneck (VDB, VGAN).

Peng, Kanazawa, Toyer, Abbeel, Levine. "Variational discriminator bottleneck:
improving imitation learning, inverse RL, and GANs by constraining information
flow". ICLR 2019.

D sees a sample through a code z ~ E(z|x) = N(mu(x), sigma(x)^2), with s its
logit of z and sp(t) = log(1 + e^t):

    L_D = E_x sp(-s(z)) + E_z sp(s(z)) + beta (KL - I_c)                (eq. 5)
    KL  = E_{x ~ (p + q) / 2} KL(E(z|x) | N(0, 1))
    beta <- max(0, beta + alpha (KL - I_c))                             (eq. 6)
    L_G = E_z sp(-s(z))

beta rises while D knows more than I_c of its samples, once a step of D.

Departures: the code is one vector after D's trunk, where the published picture
nets have one at each place; G's loss is on a drawn code (the published code),
where the paper's has the mean.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial, information
from gans_jax.nets.bottleneck import Bottleneck

NETS = dict(name='resnet')
RMSPROP = dict(name='rmsprop', lr=1e-4)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, latent: int = 256,
          information_limit: float = 0.1, rate: float = 1e-5,
          beta: float = 0.1, z: int = 128, prior: str = 'normal',
          g_optim: Mapping[str, Any] = RMSPROP,
          d_optim: Mapping[str, Any] = RMSPROP, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    latent: dimensions of the code.
    information_limit: I_c, in nats.
    rate: alpha, of beta.
    beta: what beta is at first.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  def kl(scene, x):
    _, code = scene.critic(x, features=True)
    return jnp.mean(information.kl_to_standard_normal(
        *jnp.split(code, 2, -1)))

  def bottleneck(t, scene):
    excess = (kl(scene, scene.real) + kl(scene, scene.fake)
              ) / 2 - information_limit
    now = t.memory['beta']
    t.remember(beta=jax.nn.relu(now + rate * excess))
    t.log(kl=excess + information_limit, beta=now)
    return now * excess

  return two_player.named(
      spec, adversarial.non_saturating, nets=nets, z=z, prior=prior,
      around=lambda trunk: Bottleneck(trunk.clone(outputs=2 * latent)),
      g_optim=g_optim, d_optim=d_optim, d_terms=(bottleneck,),
      memory=dict(beta=beta), ema=ema, parts=parts)
