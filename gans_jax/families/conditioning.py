"""What conditional games ask of their data."""

from gans_jax import errors
from gans_jax.data.spec import Spec


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
