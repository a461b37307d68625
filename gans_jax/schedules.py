"""Functions of the step: when a move is played, and how a number changes."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

When = Callable[[jax.Array], jax.Array]


def every(n: int, offset: int = 0) -> When:
  """True at steps offset, offset + n, ... (lazy regularisation)."""
  return lambda step: step % n == offset


def after(start: int) -> When:
  """True from step `start` on (warm-up, a delayed discriminator)."""
  return lambda step: step >= start


def between(start: int, stop: int) -> When:
  """True at steps start <= step < stop (pre-training)."""
  return lambda step: (step >= start) & (step < stop)


def ramp(start: int, stop: int, low: float = 0., high: float = 1.
         ) -> Callable[[jax.Array], jax.Array]:
  """Linear from `low` at step `start` to `high` at `stop`, constant outside."""
  def value(step):
    t = jnp.clip((step - start) / max(stop - start, 1), 0., 1.)
    return low + (high - low) * t
  return value


def bursts(first: int = 25, period: int = 500, length: int = 20) -> When:
  """When the generator of WGAN moves, in rounds of n_critic critic steps.

  Arjovsky et al. 2017 train the critic 100 times, in place of 5, for each of
  the first 25 generator steps and for every 500th. In rounds of 5 critic steps
  that is `length` = 20 rounds with one generator step, at the last.

  Args:
    first: generator steps at the start that get a burst.
    period: generator steps from one burst to the next, counted from 0; must be
      at least `first`.
    length: rounds in a burst.

  Returns:
    step (rounds played) -> whether the generator moves in this round.
  """
  if not 0 <= first <= period:
    raise ValueError(f'bursts: 0 <= first={first} <= period={period} is false')
  opening = first * length + (period - first)   # rounds of the first period
  later = length + (period - 1)                 # rounds of every other one

  def when(step):
    in_opening = step < opening
    r = jnp.where(in_opening, step, (step - opening) % later)
    end = jnp.where(in_opening, first * length, length)
    return (r >= end) | (r % length == length - 1)
  return when
