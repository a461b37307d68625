"""What evaluators share: their protocol, and their beginning."""

from collections.abc import Callable, Sequence
from typing import Any

from gans_jax import environment, errors
from gans_jax.eval.onepass import Collect, Evaluator, Values
from gans_jax.eval.reference import Reference

# Packages whose versions may move a number.
VERSIONS = ('gans_jax', 'jax', 'numpy')


def collected(name: str, n: int, real: Reference,
              score: Callable[[dict], Values], protocol: dict[str, Any],
              wants: Sequence[Any] = (), **fields: Any) -> Evaluator:
  """An evaluator that scores all samples at once.

  `score` gets the samples' 'x' and 'y', unless something else is wanted.
  """
  keys = tuple(wants) + ('y',) if wants else ('x', 'y')
  return Evaluator(name, n, real.spec, protocol,
                   lambda: Collect(keys, score), tuple(wants), **fields)


def check(n: int, least: int = 2) -> None:
  """Raises ConfigError if there are fewer samples than anything needs."""
  if n < least:
    raise errors.ConfigError(
        f'n={n}: this evaluator needs {least} samples or more')


def check_pictures(name: str, real: Reference) -> None:
  """Raises ConfigError if the data is not pictures."""
  if len(real.spec.shapes['x']) != 3:
    raise errors.ConfigError(
        f'evaluator {name!r} is of pictures [H, W, C]; {real.spec.name!r} has '
        f'x of shape {list(real.spec.shapes["x"])}')


def common(real: Reference, n: int, **more: Any) -> dict[str, Any]:
  """What every protocol tells, and `more`."""
  versions = environment.versions()
  return dict(
      data=real.spec.name, split=real.spec.split, n_fake=n,
      versions={k: versions[k] for k in VERSIONS if k in versions}, **more)
