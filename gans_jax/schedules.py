"""Functions of the step: when a move is played, and how a number changes."""

from collections.abc import Callable, Collection, Mapping

import jax
import jax.numpy as jnp

from gans_jax import errors

When = Callable[[jax.Array], jax.Array]

# Of an average: a number, or a function of the step; one for G, or by net.
Decay = float | Callable[[jax.Array], jax.Array]
Averages = Decay | Mapping[str, Decay]


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


def cosine(start: float, end: float, steps: int
           ) -> Callable[[jax.Array], jax.Array]:
  """Half a cosine from `start` at step 0 to `end` at `steps`, then constant.

  `start + (1 - c) (end - start)`, c = (1 + cos(pi step / steps)) / 2.
  """
  def value(step):
    share = jnp.clip(step / max(steps, 1), 0., 1.)
    return start + (1 - jnp.cos(jnp.pi * share)) / 2 * (end - start)
  return value


def read(name: str, value: float | Mapping[str, float]
         ) -> Callable[[jax.Array], jax.Array]:
  """A number of the step as configs have it.

  Args:
    name: of what it is, for errors.
    value: a number, which is constant, or dict(start=, end=, steps=), of
      `cosine`.

  Raises:
    errors.ConfigError: another key, or one that is missing.
  """
  if not isinstance(value, Mapping):
    return lambda step: jnp.float32(value)
  return errors.call(name, cosine, **value)


def ema_from(decay: float, start: int) -> Callable[[jax.Array], jax.Array]:
  """The decay of an average that begins late: a copy until step `start`.

  Brock et al. 2019 (arXiv:1809.11096), whose code starts at step 20,000: what
  is averaged then doesn't hold the first, bad params.
  """
  return lambda step: jnp.where(step >= start, decay, 0.)


def averages(ema: Averages, nets: Collection[str],
             start: int = 0) -> dict[str, Decay]:
  """The decay of the average of each net, as `Game.ema` has it.

  Args:
    ema: of net 'g', none if it is 0; or decays by net: an averaged D classifies
      better (Salimans et al. 2016, arXiv:1606.03498).
    nets: of the game.
    start: step until which decays that are numbers leave a copy: `ema_from`.

  Raises:
    errors.ConfigError: no such net.
  """
  decays = (dict(ema) if isinstance(ema, Mapping) else
            dict(g=ema) if ema else {})
  for name in decays:
    errors.choose('net to average', name, dict.fromkeys(nets))
  return {k: v if callable(v) or not start else ema_from(v, start)
          for k, v in decays.items()}


def anneal(gamma: float, every: int, floor: float
           ) -> Callable[[jax.Array], jax.Array]:
  """From 1, times `gamma` each `every` steps, not below `floor`.

  Sinha et al. 2020 (top-k, arXiv:2002.06224), section 3: the share of a batch
  that counts, by the epoch.
  """
  return lambda step: jnp.maximum(
      jnp.float32(gamma) ** (step // every), floor)


def ema_warmup(half_life: float, share: float
               ) -> Callable[[jax.Array], jax.Array]:
  """The decay of an average that is short at first: half of the weight is on
  the last min(`half_life`, `share` step) steps.

  The code of StyleGAN2-ADA ("ema_rampup") and of Jiang et al. 2021 (TransGAN):
  .5^(b / min(images, share * images seen)), b images a step.

  Args:
    half_life: in steps, in the end.
    share: of the steps so far, until then.

  Raises:
    ConfigError: one of them is not above 0.
  """
  if min(half_life, share) <= 0:
    raise errors.ConfigError(f'an average with half_life={half_life} steps and '
                             f'share={share}: both are above 0')
  return lambda step: jnp.exp2(
      -1. / jnp.maximum(jnp.minimum(half_life, share * step), 1e-8))


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
