"""What conditional games ask of their data."""

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.game import Turn


def classes(spec: Spec) -> int:
  """The number of classes.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  if not spec.classes or 'y' not in spec.shapes:
    raise errors.ConfigError(
        f'a conditional game needs labels, and data {spec.name!r} has none: '
        'set config.data.labels=True if it can give them, or choose an '
        'unconditional system')
  return spec.classes


def labelled(t: Turn) -> tuple[jax.Array, jax.Array, jax.Array]:
  """x, y and weights of the examples whose labels may be looked at.

  Those that the data gives beside the batch, or the batch itself, with weights
  if only some have labels.
  """
  if 'x_labelled' in t.batch:
    return t.batch['x_labelled'], t.batch['y_labelled'], jnp.ones(t.n)
  return t.batch['x'], t.batch['y'], t.batch.get('labelled', jnp.ones(t.n))
