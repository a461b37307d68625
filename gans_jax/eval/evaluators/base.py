"""What evaluators share: their protocol, and their beginning."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gans_jax import environment, errors, sharding
from gans_jax.eval import reference
from gans_jax.eval.features import extractor as extractors
from gans_jax.eval.features.extractor import View
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
  shape = real.spec.shapes.get('x', ())
  if len(shape) != 3:
    raise errors.ConfigError(
        f'evaluator {name!r} is of pictures [H, W, C]; {real.spec.name!r} has '
        f'x of shape {list(shape)}')


def common(real: Reference, n: int, **more: Any) -> dict[str, Any]:
  """What every protocol tells, and `more`."""
  versions = environment.versions()
  return dict(
      data=real.spec.name, split=real.spec.split, n_fake=n,
      versions={k: versions[k] for k in VERSIONS if k in versions}, **more)


def view(metric: str, real: Reference, n: int, n_real: int | None, resize: str,
         extractor: str, tap: str, least: int = 2, **more: Any
         ) -> tuple[View, dict[str, Any]]:
  """What an evaluator of features looks at, and its protocol.

  Args:
    metric: its name, for errors.
    real: pictures.
    n: samples.
    n_real: real ones; None: all; 0: none are looked at.
    resize: of resize.RESIZES.
    extractor: of known.KNOWN.
    tap: of the extractor.
    least: samples, and real ones, that the metric needs.
    **more: of the protocol.

  Raises:
    ConfigError: see `features.fid`.
  """
  check_pictures(metric, real)
  count = None if n_real == 0 else real.count(n_real)
  for what, have in (('samples', n), ('real pictures', count)):
    if have is not None and have < least:
      raise errors.ConfigError(
          f'{metric} needs {least} {what} or more, not {have}')
  mesh = sharding.make_mesh() if real.mesh is None else real.mesh
  network = extractors.make(extractor, resize, mesh)
  if tap not in network.taps:
    raise errors.ConfigError(
        f'{metric} looks at {tap!r}, which {extractor!r} does not have: use '
        f'extractor={extractors.STANDARD!r}')
  of_real = {} if count is None else dict(
      n_real=count, data_sha256=real.fingerprint()[:16])
  return network.view(tap), common(
      real, n, **network.protocol, tap=tap, **of_real, **more)


def better(protocol: dict[str, Any], **directions: str | None
           ) -> dict[str, Any]:
  """The protocol with what is better of each value; None: neither."""
  return {**protocol, 'better': directions}


def frechet_name(standard: str, other: str, extractor: str) -> str:
  """'fid' of the standard network, 'fd_<extractor>' of any other."""
  return (standard if extractor == extractors.STANDARD
          else f'{other}_{extractor}')


def check_alike(a: Reference, b: Reference) -> None:
  """Raises ConfigError if pictures of two sets can't be compared."""
  reference.check_alike(b.spec, a.spec.shapes['x'])


def flat(features: np.ndarray) -> np.ndarray:
  """[N, D]: maps as vectors."""
  return features.reshape(len(features), -1)
