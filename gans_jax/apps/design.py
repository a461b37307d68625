"""Design: z is moved to where something that D's side says of G(z) is high.

Activation maximisation, as Killoran et al. 2017 (arXiv:1712.06148) design DNA
with it: a predictor of a wanted quality looks at what G makes of z, and z
follows its gradient. G keeps designs among what it has learnt to make.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from gans_jax import errors
from gans_jax.families.search import search
from gans_jax.game import Game, PyTree, State, Turn

Array = jax.Array


class Design(NamedTuple):
  """What a search has found.

  Attributes:
    z: [n, ...], codes.
    made: of these, as `Game.sample` gives it.
    scores: [n], of `made`.
    first: [n], of the codes that the search began with.
    curve: [steps], mean scores on the way.
  """

  z: Array
  made: PyTree
  scores: Array
  first: Array
  curve: Array


def climb(objective: Callable[[Array], Array], z: Array, key: Array, *,
          steps: int = 10_000, lr: float = .1, noise: float = 1e-5,
          prior: float = 0.) -> tuple[Array, Array]:
  """Adam on `-objective(z) + prior |z|^2 / 2`, with noise on the gradient.

  The prior's term is -prior log p(z) of a normal z, which pulls to 0. (The
  published code adds `+ prior d log p / dz` to a gradient that it descends,
  which pushes away; its default is 0.)

  Args:
    objective: z [n, ...] -> [n]; each is climbed by itself.
    z: to begin with.
    key: of the noise.
    steps: of Adam, with beta_1 = .9 and beta_2 = .999.
    lr: its rate.
    noise: standard deviation, of each number of a gradient.
    prior: weight of |z|^2 / 2.

  Returns:
    z after the steps, and the mean objective before each of them, [steps].
  """
  tx = optax.chain(
      optax.add_decayed_weights(prior),      # the slope of prior |z|^2 / 2
      optax.add_noise(noise ** 2, 0., key), optax.adam(lr))
  z, costs = search(lambda z: -objective(z), z, steps=steps, tx=tx)
  return z, -jnp.mean(costs, 1)


def scored(game: Game, state: State, batch: PyTree, key: Array, z: Array,
           head: str, latent: str = 'z', stage: Any = None
           ) -> tuple[Array, PyTree]:
  """What a head says of what G makes of z: [n], and what that is.

  Args:
    game: the game; nets run in evaluation mode.
    state: its state.
    batch: conditions, [n, ...].
    key: of noise in the nets, if there is any.
    z: codes [n, ...].
    head: of Game.heads: Turn -> [n].
    latent: of Game.latents, the space of z.
    stage: static stage of the game.

  Raises:
    errors.ConfigError: a game without such a head, or such a space.
  """
  says = errors.choose('head of this game', head, game.heads)
  space = errors.choose('latent space of this game', latent, game.latents)
  turn = lambda batch: Turn(game, state, batch, key, stage=stage, train=False)
  made = space.decode(turn(batch), z)
  return says(turn({**batch, **made})), made


def design(game: Game, state: State, batch: PyTree, key: Array, head: str, *,
           latent: str = 'z', stage: Any = None, **options: Any) -> Design:
  """Climbs from codes that are drawn to what a head scores higher.

  Args:
    game: as for all up to `stage`, see `scored`.
    state: see there.
    batch: see there; its size is that of the search.
    key: of the first codes, and of the noise.
    head: see there.
    latent: see there.
    stage: see there.
    **options: of `climb`.

  Raises:
    errors.ConfigError: see `scored`.
  """
  draw, noise, nets = jax.random.split(key, 3)
  space = errors.choose('latent space of this game', latent, game.latents)
  z = space.draw(Turn(game, state, batch, draw, stage=stage, train=False))
  of = lambda z: scored(game, state, batch, nets, z, head, latent, stage)
  first, _ = of(z)
  z, curve = climb(lambda z: of(z)[0], z, noise, **options)
  scores, made = of(z)
  return Design(z, made, scores, first, curve)
