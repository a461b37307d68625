"""Errors that tell a user what was wrong, what is allowed and what to do."""

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

T = TypeVar('T')


class ConfigError(ValueError):
  """A mistake in what the user asked for; scripts exit with status 2."""


class TrainingError(RuntimeError):
  """A run that cannot go on; scripts exit with status 1."""


def line(error: Exception) -> str:
  """An error in one line."""
  text = (str(error).strip().splitlines() or [''])[0]
  return f'{type(error).__name__}: {text[:300]}'


def unknown(kind: str, name: str, allowed: Iterable[str]) -> NoReturn:
  """Raises a ConfigError that shows the names nearest to `name`."""
  allowed = sorted(map(str, allowed))
  near = difflib.get_close_matches(str(name), allowed, n=3, cutoff=0.5)
  hint = f' Did you mean {" or ".join(map(repr, near))}?' if near else ''
  raise ConfigError(
      f'unknown {kind} {name!r}.{hint} Allowed: {", ".join(allowed) or "none"}')


def choose(kind: str, name: str, allowed: Mapping[str, T]) -> T:
  """`allowed[name]`, or a ConfigError that shows the nearest names."""
  if name not in allowed:
    unknown(kind, name, allowed)
  return allowed[name]


def call(kind: str, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
  """`fn(*args, **kwargs)` after a check of the names against its signature.

  Args:
    kind: what `fn` makes, for the message ("system 'wgan_gp'").
    fn: a function whose keyword arguments are named one by one.
    *args: passed on.
    **kwargs: what the user's config gave.

  Returns:
    What `fn` returns.

  Raises:
    ConfigError: an argument that `fn` does not take, or one that it needs and
      did not get; the message lists the arguments.
  """
  check_call(kind, fn, *args, **kwargs)
  return fn(*args, **kwargs)


def check_call(kind: str, fn: Callable[..., Any], /, *args: Any,
               **kwargs: Any) -> None:
  """The check of `call` alone: `fn` does not run."""
  signature = inspect.signature(fn)
  # Positional arguments are ours; what is left over is the user's to name.
  names = list(signature.parameters)[len(args):]
  for name in kwargs:
    if name not in names:
      unknown(f'argument of {kind}', name, names)
  missing = [n for n in names if n not in kwargs
             and signature.parameters[n].default is inspect.Parameter.empty]
  if missing:
    raise ConfigError(
        f'{kind} needs {", ".join(map(repr, missing))}; '
        f'its arguments: {", ".join(names)}')
