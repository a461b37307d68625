"""Discriminator driven latent sampling: D's say on what G has learnt.

Che, Zhang, Sohl-Dickstein, Larochelle, Paull, Cao, Bengio. "Your GAN is
secretly an energy-based model and you should use discriminator driven latent
sampling". NeurIPS 2020 (arXiv:2003.06060).

    E(z) = -log p0(z) - d(G(z)),   d the logit of D                     (eq. 5)
    z_{i+1} = z_i - step/2 grad E(z_i) + sqrt(step) n_i,  n_i ~ N(0, I) (eq. 6)

If d is log p/q of data and G's samples, G(z) of z ~ e^-E has the distribution
of the data (section 3.1). D is that at its best under cross entropy; a logit of
a hinge or Wasserstein game is only some energy. Without the Metropolis test the
step leaves a bias of its own order.

Codes are functions of normal noise (`Latent.of_normal`), in which the chain
walks: so a uniform prior has no walls.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax import game as game_lib

Array = jax.Array


class Langevin(NamedTuple):
  """A chain: how many steps, of what size; part of the protocol.

  The paper has 0.01 (deviation 0.1 of the noise) on CIFAR-10.
  """

  steps: int = 100
  step: float = .01

  def check(self) -> None:
    """Raises ConfigError if this makes no sense."""
    if self.steps != int(self.steps) or self.steps < 1 or self.step <= 0:
      raise errors.ConfigError(
          f'langevin: steps={self.steps} is a whole number of 1 or more, and '
          f'step={self.step} above 0')


def make(options: Mapping[str, Any], where: str) -> Langevin:
  """From a config or a flag.

  Raises:
    ConfigError: another key, or numbers that make no sense.
  """
  for name in options:
    if name not in Langevin._fields:
      errors.unknown(f'key of {where}', name, Langevin._fields)
  found = Langevin(**options)
  found.check()
  return found


def parse(text: str | None, where: str = '--langevin') -> Langevin | None:
  """The chain of 'steps=100,step=.01'; None of None.

  Raises:
    ConfigError: it is written otherwise.
  """
  if text is None:
    return None
  options = {}
  for part in filter(None, text.split(',')):
    name, given, value = part.partition('=')
    try:
      options[name] = int(value) if name == 'steps' else float(value)
    except ValueError as error:
      raise errors.ConfigError(
          f'{where}={text!r}: a number is missing; for example '
          f'{where}=steps=100,step=0.01') from error
  return make(options, where)


def check_game(game: game_lib.Game) -> None:
  """Raises ConfigError if the game has no latent z, no prior, or no critic."""
  latent = game.latents.get('z')
  lacks = ('a latent z' if latent is None else
           'a critic' if game.critic is None else
           'a prior that is a function of normal noise'
           if latent.of_normal is None else None)
  if lacks:
    raise errors.ConfigError(
        f'Langevin sampling needs {lacks}, which this game does not have: '
        'sample without')


def sample(game: game_lib.Game, state: game_lib.State, batch, key: Array,
           how: Langevin, stage: Any = None, train: bool = False
           ) -> dict[str, Array]:
  """What the game makes of codes that D has moved.

  A chain for each example, from the code that plain sampling would start with.

  Args:
    game: with `latents['z']` and `critic`.
    state: its state; params as they are.
    batch: conditions [n, ...].
    key: of the noise.
    how: the chain.
    stage: static stage.
    train: nets in training mode.

  Returns:
    As `game.sample`.
  """
  latent, start = game.latents['z'], key
  turn = lambda batch=batch: game_lib.Turn(
      game, state, batch, start, stage=stage, train=train)
  decode = lambda u: latent.decode(turn(), latent.of_normal(u))

  def energy(u: Array) -> Array:
    logits = game.critic(turn({**batch, **decode(u)}))
    # Of a patch D the mean; a packed D's is of all in the pack.
    logits = jnp.mean(logits.reshape(len(logits), -1), -1)
    return jnp.sum(jnp.square(u)) / 2 - jnp.sum(logits)

  def move(u: Array, k: Array) -> tuple[Array, None]:
    noise = jax.random.normal(k, u.shape, u.dtype)
    return u - how.step / 2 * jax.grad(energy)(u) + how.step ** .5 * noise, None

  shape = jax.eval_shape(lambda: latent.draw(turn())).shape
  keys = jax.random.split(jax.random.fold_in(key, 1), how.steps)
  u, _ = jax.lax.scan(move, turn().normal(*shape[1:]), keys)
  return decode(u)
