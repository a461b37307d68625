"""Which fakes count in G's loss: top-k training."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.families.scene import Select
from gans_jax.game import Turn

Array = jax.Array


def top_k(share: Callable[[Array], Array], largest: bool = True) -> Select:
  """G learns from the fakes that D takes most for real.

  Sinha, Zhao, Goyal, Raffel, Odena. "Top-k training of GANs: improving GAN
  performance by throwing away bad samples". NeurIPS 2020 (arXiv:2002.06224),
  algorithm 1. The k that count, exactly k whatever the ties, have weight n / k
  and the others 0. k, the whole part of share * n, is logged as 'k'.

  Args:
    share: step -> k / n, above 0 and at most 1: `schedules.anneal`.
    largest: D's largest logits count; False for a D that is an energy.

  Returns:
    (turn, logits [n, ...]) -> weights [n] of mean 1.
  """
  def select(t: Turn, logits: Array) -> Array:
    n = len(logits)
    scores = jax.lax.stop_gradient(jnp.mean(logits.reshape(n, -1), -1))
    order = jnp.argsort(-scores if largest else scores)
    rank = jnp.zeros(n, jnp.int32).at[order].set(jnp.arange(n))
    # A whole number must not be missed by a rounding below it.
    k = jnp.clip(jnp.floor(share(t.step) * n + 1e-3), 1, n)
    t.log(k=k)
    return jnp.where(rank < k, n / k, 0.)
  return select


def check(gamma: float, every: int, floor: float) -> None:
  """Raises ConfigError unless 0 < gamma, floor <= 1 and every >= 1."""
  if not (0 < gamma <= 1 and 0 < floor <= 1) or every < 1:
    raise errors.ConfigError(
        f'top-k: gamma={gamma} and floor={floor} lie in (0, 1], '
        f'every={every} is 1 or more')
