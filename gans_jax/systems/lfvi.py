"""LFVI: variational inference where only a simulator is known.

Tran, Ranganath, Blei. "Hierarchical implicit models and likelihood-free
variational inference". NIPS 2017 (as "Deep and hierarchical implicit models",
arXiv:1702.08896): with neural simulators its "Bayesian GAN".

A model draws x_n from parameters beta, of prior N(0, prior_std^2), and from z_n
if it has local ones; it has no density. q(beta) is a Gaussian, q(z | x, beta) a
net with noise. A net r tells what the model draws from what data and q are:

    L_r = E_{beta ~ q} [E_{p(x, z | beta)} sp(-r) + E_{q(x, z | beta)} sp(r)]
    L_q = KL(q(beta) | p(beta)) / N - E_{beta ~ q} mean_n r(x_n, z_n, beta)

q(x) is the data (eq. 5). At its optimum r is log p(x, z | beta) / q(x, z |
beta), so N L_q is minus the evidence's lower bound, up to the data's entropy
(eq. 6); a batch of B stands for all by N / B. Only r learns from L_r, only q
from L_q, through beta and z.

Departures: each example of a batch has a beta of its own. `spread` trains r on
a wider q, where r's slope by beta, all that q sees, is easier to learn.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data import simulators
from gans_jax.data.spec import Spec
from gans_jax.game import Game, Move, Player, Turn
from gans_jax.losses import adversarial, information
from gans_jax.nets import mlp, variational

ADAM = dict(name='adam', lr=1e-3, b1=0.9)


def build(spec: Spec, *, simulator: Mapping[str, Any] = dict(name='gaussian'),
          hidden: tuple[int, ...] = (64, 64), prior_std: float = 1.,
          std: float = 1., spread: float = 1., ratio_steps: int = 1,
          objective: str = 'non_saturating', noise: int = 8,
          q_optim: Mapping[str, Any] = ADAM, r_optim: Mapping[str, Any] = ADAM
          ) -> Game:
  """The game of the paper.

  Args:
    spec: of the data, whose size is N.
    simulator: name and arguments of one of gans_jax.data.simulators.
    hidden: widths of r, and of q(z | x, beta).
    prior_std: of beta.
    std: of q(beta), to begin with.
    spread: how many times as wide as q(beta) that of r's loss is.
    ratio_steps: steps of r a round.
    objective: r's loss, of gans_jax.losses.adversarial.PAIRS; with any but the
      cross entropy r is no log ratio.
    noise: dimensions of the noise of q(z | x, beta).
    q_optim: arguments of gans_jax.optim.make.
    r_optim: likewise.

  Raises:
    errors.ConfigError: no such simulator, or one that makes other data.
  """
  model = simulators.make(**simulator)
  pair = errors.choose('objective', objective, adversarial.PAIRS)
  made = jax.eval_shape(model.draw, jax.random.key(0), jnp.zeros(
      (1, model.globals)))[0].shape[1:]
  if made != tuple(spec.shapes['x']):
    raise errors.ConfigError(
        f'the simulator draws x of shape {list(made)}, and data {spec.name!r} '
        f'has {list(spec.shapes["x"])}')

  def guess(t: Turn, wide: float = 1.):
    return t.apply('q', wide * t.normal(model.globals))

  def local(t: Turn, beta):
    if not model.local:
      return jnp.zeros((t.n, 0))
    return t.apply('e', jnp.concatenate([
        t.batch['x'].reshape(t.n, -1), beta, t.normal(noise)], -1))

  def ratio(t: Turn, x, z, beta):
    return t.apply('r', x, jnp.concatenate([beta, z], -1))

  def r_loss(t: Turn):
    beta, _, _ = guess(t, spread)
    on_model = ratio(t, *model.draw(t.key(), beta), beta)
    on_data = ratio(t, t.batch['x'], local(t, beta), beta)
    t.log(model=on_model, data=on_data)
    return pair.d(on_model, on_data)

  def q_loss(t: Turn):
    beta, mean, log_std = guess(t)
    kl = information.kl_to_standard_normal(
        mean[None] / prior_std, log_std[None] - jnp.log(prior_std))[0]
    t.log(kl=kl, **{f'mean_{i}': m for i, m in enumerate(mean)},
          **{f'std_{i}': jnp.exp(s) for i, s in enumerate(log_std)})
    on_data = ratio(t, t.batch['x'], local(t, beta), beta)
    return kl / spec.size - jnp.mean(on_data)

  encoder = dict(e=mlp.Generator((model.local,), hidden)) if model.local else {}
  return Game(
      nets=dict(q=variational.Gaussian(model.globals, std),
                r=mlp.Discriminator(hidden), **encoder),
      players=dict(r=Player(('r',), optim.make(**r_optim)),
                   q=Player(('q', *encoder), optim.make(**q_optim))),
      round=(Move('r', r_loss, ratio_steps), Move('q', q_loss)),
      sample=lambda t: dict(x=model.draw(t.key(), guess(t)[0])[0]))
