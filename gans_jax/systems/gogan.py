"""GoGAN, gang of GANs: stages of critics with margins, each above the last.

Juefei-Xu, Boddeti, Savvides. "Gang of GANs: generative adversarial networks
with maximum margin ranking". arXiv:1704.04865, 2017.

A Wasserstein critic with clipped params whose loss is a hinge, pair by pair:

    L_D1 = E [D1(G1(z)) + eps - D1(x)]+,    L_G1 = -E D1(G1(z))

Pairs more than eps apart give no gradient. After each stage G and D are kept as
they are, and the next begins from them, with a term that ranks: real samples
must score 2 eps above what D_{t-1} says of G_{t-1}, the samples of stage t
between both.

    L_Dt = a E [Dt(Gt(z)) + eps - Dt(x)]+
           + b E [D_{t-1}(G_{t-1}(z)) + 2 eps - Dt(x)]+

The paper argues that a stage halves the gap to the data. Stages are `rounds`
long, the last goes on. What was kept is in the memory of the game, so a run
goes on exactly wherever it is killed.

Departures: optimizers go on from stage to stage. A reference implementation,
from which a, b, the clipping and the rates are, keeps training stage 1 while
stage 2 is ranked above it; here it is frozen, as the paper has it.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import chains, pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, ranking

NETS = dict(name='dcgan')
RMSPROP = dict(name='rmsprop', lr=1e-4)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, stages: int = 2,
          rounds: int = 50_000, margin: float = 1., disc: float = 1.,
          rank: float = .5, clip: float = .1, n_critic: int = 5, z: int = 128,
          prior: str = 'normal', g_optim: Mapping[str, Any] = RMSPROP,
          d_optim: Mapping[str, Any] = RMSPROP, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    stages: how many.
    rounds: of a stage.
    margin: eps.
    disc: a.
    rank: b.
    clip: params of D stay within it.
    n_critic: critic steps a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: unknown names, or a number that makes no sense.
  """
  if min(stages, rounds) < 1 or margin <= 0:
    raise errors.ConfigError(
        f'gogan needs stages={stages} and rounds={rounds} of 1 or more, and '
        f'margin={margin} above 0')
  g, d = pairs.make(spec, **nets)
  noise = priors.make(prior, z)

  def of_last_stage(t: Turn, code: jax.Array) -> jax.Array:
    kept = {n: jax.tree.map(lambda x: jax.lax.stop_gradient(x[0]),
                            chains.passed(t, n)) for n in 'gd'}
    rngs = dict(noise=t.key(), dropout=t.key())
    x = g.apply(kept['g'], code, train=False, rngs=rngs)
    return d.apply(kept['d'], x, train=False, rngs=rngs)

  def d_loss(t: Turn) -> jax.Array:
    code = noise(t)
    on_real = t.apply('d', t.batch['x'])
    on_fake = t.apply('d', t.apply('g', code))
    told = disc * ranking.margin(on_fake, on_real, margin)
    ranked = jax.lax.cond(
        t.step >= rounds, lambda: ranking.margin(
            of_last_stage(t, code), on_real, 2 * margin),
        lambda: jnp.zeros((), told.dtype))
    t.log(real=on_real, fake=on_fake, gap=on_real.mean() - on_fake.mean(),
          told=told, ranked=ranked)
    return told + rank * ranked

  def g_loss(t: Turn) -> jax.Array:
    return adversarial.wasserstein.g(t.apply('d', t.apply('g', noise(t))))

  def over(step: jax.Array) -> jax.Array:
    return ((step + 1) % rounds == 0) & (step + 1 < stages * rounds)

  decode = lambda t, code: dict(x=t.apply('g', code))
  return Game(
      nets=dict(g=g, d=d),
      players=dict(d=Player(('d',), optim.make(**{**d_optim, 'clip': clip})),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_loss, n_critic), Move('g', g_loss),
             chains.Bank(over, nets=('g', 'd'))),
      ema=dict(g=ema) if ema else {}, sample=lambda t: decode(t, noise(t)),
      memory=chains.memory(1, g=(g, (1, z)), d=(d, (1, *spec.shapes['x']))),
      latents=dict(z=Latent(noise, decode, True, priors.OF_NORMAL[prior])),
      critic=lambda t: t.apply('d', t.batch['x']))
