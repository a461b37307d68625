"""Losses that compare a real sample with a fake one, in pairs."""

import jax

from gans_jax.losses.adversarial import mean

Array = jax.Array


def pairing(winner: Array, loser: Array) -> Array:
  """`E sp(-(s_winner - s_loser))`, of the i-th winner and the i-th loser.

  The relativistic pairing GAN of Jolicoeur-Martineau 2019 (arXiv:1807.00734,
  section 4.1), with the logistic loss: D minimises pairing(real, fake), G
  pairing(fake, real). The loss does not change if a constant is added to s.

  Args:
    winner: logits [n, ...] of what is to be judged higher.
    loser: as many.

  Raises:
    ValueError: if the two shapes differ.
  """
  if winner.shape != loser.shape:
    raise ValueError('pairs need as many real logits as fake ones, of one '
                     f'shape: got {winner.shape} and {loser.shape}')
  return mean(lambda s: jax.nn.softplus(-s), winner - loser)
