"""One generator against one discriminator, or critic.

The objective, the penalty and the nets are functions and modules: a published
GAN of this family is a choice of them, written down in its own file.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

from gans_jax import optim
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.game import Game, Move, Player, Together, Turn
from gans_jax.losses.adversarial import Pair

# (turn, critic x -> logits, real, fake) -> scalar that is added to D's loss.
Penalty = Callable[[Turn, Callable, jax.Array, jax.Array], jax.Array]


def two_player(g: nn.Module, d: nn.Module, objective: Pair,
               prior: priors.Prior, *,
               g_tx: optax.GradientTransformation,
               d_tx: optax.GradientTransformation, classes: int = 0,
               penalty: Penalty | None = None, n_critic: int = 1,
               g_when: Callable | None = None, together: bool = False,
               ema: float = 0.) -> Game:
  """A game of nets `g` and `d`.

  Logged by D: its mean scores `d/real` and `d/fake`, their difference `d/gap`
  (for a Wasserstein critic its estimate of W1, up to its Lipschitz constant)
  and the `d/penalty`.

  Args:
    g: z [n, z] (, one-hot y [n, classes]) -> x [n, ...].
    d: x [n, ...] (, y) -> logits [n, ...].
    objective: losses of D and of G, as functions of logits.
    prior: turn -> z.
    g_tx: optimizer of G.
    d_tx: optimizer of D.
    classes: if not 0, both nets also see the label of `batch['y']`. Fakes take
      the labels of the batch: the empirical prior.
    penalty: added to D's loss.
    n_critic: moves of D a round, each on a fresh batch.
    g_when: step -> whether G moves in this round.
    together: both gradients at the same params, in place of D first.
    ema: if not 0, decay of the average of G's params, with which it samples.

  Returns:
    The game. A real and a fake batch pass D in calls of their own, so that
    batch statistics never mix. Spectral vectors move once a step of D, on the
    real batch (Miyato et al. 2018, algorithm 1).
  """
  keep = ({'update_u': False}
          if 'update_u' in inspect.signature(type(d).__call__).parameters
          else {})

  def label(t: Turn) -> tuple[jax.Array, ...]:
    return (jax.nn.one_hot(t.batch['y'], classes),) if classes else ()

  def generate(t: Turn) -> jax.Array:
    return t.apply('g', prior(t), *label(t))

  def d_loss(t: Turn) -> jax.Array:
    real, fake = t.batch['x'], generate(t)
    on_real = t.apply('d', real, *label(t))
    on_fake = t.apply('d', fake, *label(t), **keep)
    t.log(real=on_real, fake=on_fake,
          gap=jnp.mean(on_real) - jnp.mean(on_fake))
    loss = objective.d(on_real, on_fake)
    if penalty is None:
      return loss
    critic = t.pure('d')
    extra = penalty(t, lambda x: critic(x, *label(t), **keep), real, fake)
    t.log(penalty=extra)
    return loss + extra

  def g_loss(t: Turn) -> jax.Array:
    return objective.g(t.apply('d', generate(t), *label(t), **keep))

  def sample(t: Turn) -> dict[str, jax.Array]:
    made = dict(x=generate(t))
    return {**made, 'y': t.batch['y']} if classes else made

  moves = (Move('d', d_loss, n_critic), Move('g', g_loss, when=g_when))
  return Game(
      nets=dict(g=g, d=d),
      players=dict(d=Player(('d',), d_tx), g=Player(('g',), g_tx)),
      round=(Together(moves),) if together else moves,
      ema=dict(g=ema) if ema else {}, sample=sample)


def named(spec: Spec, objective: Pair, *, nets: Mapping[str, Any], z: int,
          prior: str, g_optim: Mapping[str, Any], d_optim: Mapping[str, Any],
          classes: int = 0, **options: Any) -> Game:
  """`two_player` with nets, prior and optimizers as configs name them.

  Args:
    spec: of the data.
    objective: losses of D and of G.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    classes: of the labels that both nets see; 0 for none.
    **options: of `two_player`.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  g, d = pairs.make(spec, classes=classes, **nets)
  return two_player(
      g, d, objective, priors.make(prior, z), g_tx=optim.make(**g_optim),
      d_tx=optim.make(**d_optim), classes=classes, **options)
