"""Margins between what critics say of paired samples."""

import jax

from gans_jax.losses.adversarial import mean

Array = jax.Array


def margin(low: Array, high: Array, gap: float) -> Array:
  """`E [low + gap - high]+`: every pair that is not `gap` apart costs.

  The mean of hinges, not a hinge of means: pairs that are apart far enough give
  no gradient, however the others are. Juefei-Xu et al. 2017 (arXiv:1704.04865).

  Args:
    low: [n], scores of what must score low.
    high: [n], of what must score high; the i-th is paired with the i-th.
    gap: the margin.
  """
  return mean(jax.nn.relu, low + gap - high)
