"""Packing: D judges several samples at once, all real or all fake."""

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.families.scene import View

Array = jax.Array


def packed(m: int) -> View:
  """A view of `two_player`: m samples become one, with m times the channels.

  Lin et al. 2018 (PacGAN, arXiv:1712.04086), section 3: what differs from the
  game without packing is D's first layer alone, which is m times as wide. D
  sees a mixture's variety within a pack, so a G that lacks modes is found out.

  Args:
    m: samples in a pack; D gives [n / m] logits for a batch of n.

  Returns:
    (key, x [n, ..., C]) -> [n / m, ..., m C]. It raises a ConfigError for
    batches that m does not divide.

  Raises:
    errors.ConfigError: m is no whole number above 0.
  """
  if m != int(m) or m < 1:
    raise errors.ConfigError(f'packs are of 1 sample or more, not of {m}')

  def view(key: Array, x: Array) -> Array:
    del key    # examples of a batch are in random order already
    n = x.shape[0]
    if n % m:
      raise errors.ConfigError(
          f'packs of {m} samples do not fill a batch of {n}: set config.batch '
          f'to a multiple of {m}')
    x = x.reshape(n // m, m, *x.shape[1:])
    return jnp.concatenate([x[:, i] for i in range(m)], -1)
  return view
