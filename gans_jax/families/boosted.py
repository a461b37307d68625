"""Components of a mixture, trained one after another on reweighted data.

Items of a round (see `game.Game.round`) that keep what outlasts a component in
the memory of the game: the data, its weights, and the components that are done.
All follows from the state, so a run goes on where it was killed.
"""

import dataclasses
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import errors
from gans_jax.families import generator_set, priors
from gans_jax.families.items import Outside
from gans_jax.game import Game, State, Turn, init
from gans_jax.losses import boosting

Array = jax.Array
CHUNK = 1024      # examples that the classifier looks at together


class Plan(NamedTuple):
  """Which step belongs to what: `train` rounds of a component's game, then
  `classify` rounds of the classifier of real and mixture, and so on.

  Attributes:
    components: T.
    train: rounds of the game of one component.
    classify: rounds of the classifier after it.
  """

  components: int
  train: int
  classify: int

  @property
  def period(self) -> int:
    return self.train + self.classify

  @property
  def steps(self) -> int:
    """Rounds of all: the last component needs no classifier."""
    return self.components * self.period - self.classify

  def current(self, step: Array) -> Array:
    """The component whose turn it is."""
    return jnp.minimum(step // self.period, self.components - 1)

  def done(self, step: Array) -> Array:
    """Components that are trained."""
    return jnp.minimum(
        (step + self.classify) // self.period, self.components)

  def training(self, step: Array) -> Array:
    return (step % self.period < self.train) & (step < self.steps)

  def classifying(self, step: Array) -> Array:
    return (step % self.period >= self.train) & (step < self.steps)

  def trained(self, step: Array) -> Array:
    """Whether this is the last round of a component's game."""
    return (step % self.period == self.train - 1) & (step < self.steps)

  def turned(self, step: Array) -> Array:
    """Whether this is the last round of a classifier."""
    return (step % self.period == self.period - 1) & (step < self.steps)


@dataclasses.dataclass(frozen=True)
class Gather(Outside):
  """Keeps the first examples that the loader gives in memory 'data'.

  Until it has as many as it holds; in that the loader begins with a permutation
  of the data, they are all of it, or a part drawn without replacement.
  """

  def step(self, game, state, batch, key, stage):
    held, x = state.memory['data'], batch['x']
    rows = state.step * len(x) + jnp.arange(len(x))
    held = held.at[rows].set(x, mode='drop')    # beyond its end: nothing
    return state.replace(memory={**state.memory, 'data': held}), {}


@dataclasses.dataclass(frozen=True)
class Keep(Outside):
  """Puts G beside the components that are done, in memory 'components'."""

  plan: Plan | None = None

  def step(self, game, state, batch, key, stage):
    t = self.plan.current(state.step)
    kept = jax.tree.map(lambda all_, one: all_.at[t].set(one),
                        state.memory['components'],
                        dict(params=state.params['g'], **state.stats['g']))
    return state.replace(memory={**state.memory, 'components': kept}), {}


@dataclasses.dataclass(frozen=True)
class Turnover(Outside):
  """Weights for the next component; its nets and optimizers begin anew.

  Logs 'c/effective', the share of the data that as many equal weights would
  be on, and 'c/dropped', the share that weighs nothing.
  """

  plan: Plan | None = None
  weighting: boosting.Weighting | None = None
  betas: np.ndarray | None = None

  def step(self, game: Game, state: State, batch, key, stage):
    data = state.memory['data']
    if len(data) > self.plan.period * len(batch['x']):
      raise errors.ConfigError(
          f'{len(data)} examples are to be held, and a component sees '
          f'{self.plan.period} batches of {len(batch["x"])}: hold fewer, or '
          'train longer')
    judge = lambda x: game.nets['c'].apply(
        dict(params=state.params['c'], **state.stats['c']), x[None],
        train=False)[0]
    ratios = boosting.ratio(jax.lax.map(judge, data, batch_size=CHUNK))
    t = jnp.minimum(self.plan.current(state.step) + 1, len(self.betas) - 1)
    weights = self.weighting(ratios, jnp.asarray(self.betas)[t])
    fresh = init(game, key, batch, stage)
    logged = {'c/effective': 1 / (len(data) * jnp.sum(jnp.square(weights))),
              'c/dropped': jnp.mean(weights == 0)}
    return state.replace(
        params=fresh.params, stats=fresh.stats, opt=fresh.opt,
        memory={**state.memory, 'weights': weights}), logged


def memory(g: nn.Module, z: int, plan: Plan, held: int, shape: tuple[int, ...]
           ) -> dict[str, Any]:
  """Initial memory: data [held, *shape], weights [held], components [T, ...].

  `z` are the dimensions of G's noise.
  """
  one = jax.eval_shape(lambda: dict(g.init(
      dict(params=jax.random.key(0), noise=jax.random.key(0)),
      jnp.zeros((1, z)), train=True)))
  one.setdefault('params', {})
  zeros = lambda s: np.zeros((plan.components, *s.shape), s.dtype)
  return dict(data=np.zeros((held, *shape), np.float32),
              weights=np.zeros((held,), np.float32),
              components=jax.tree.map(zeros, one))


def real(t: Turn, plan: Plan) -> Array:
  """Examples for D: for the first component the batch; for others drawn anew
  with the weights, with replacement."""
  held, weights = t.memory['data'], t.memory['weights']
  rows = jax.random.choice(t.key(), len(held), (t.n,), p=weights)
  return jnp.where(plan.current(t.step) == 0, t.batch['x'], held[rows])


def mixture(t: Turn, g: nn.Module, prior: priors.Prior, plan: Plan,
            betas: np.ndarray) -> Array:
  """Samples of the components that are done; of G itself while there is none.

  Each of which is one of the components, drawn by their weights.
  """
  done, z = plan.done(t.step), prior(t)
  shares = jnp.asarray(boosting.mixtures(betas))[jnp.maximum(done - 1, 0)]
  which = generator_set.drawn(t, shares)
  noise = t.key()
  made = jax.vmap(lambda variables: g.apply(
      variables, z, train=False, rngs=dict(noise=noise)))(
          t.memory['components'])                           # [T, n, ...]
  of_all = made[which, jnp.arange(t.n)]
  return jnp.where(done > 0, of_all, t.apply('g', z, train=False))
