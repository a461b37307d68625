"""Things with options, as they are asked for on a command line."""

import ast
from collections.abc import Sequence
from typing import Any

from gans_jax import errors


def parse(text: str, kind: str) -> list[tuple[str, dict[str, Any], str]]:
  """[(name, options, as it was said)] of 'fid,kid:n=2000,resize=clean'.

  Args:
    text: names, each with options after a colon; values are Python's literals,
      none, true and false, or else text.
    kind: what they are, for errors: 'metric'.

  Raises:
    errors.ConfigError: an option of nothing or without a name.
  """
  items: list[list[str]] = []
  for part in filter(None, (p.strip() for p in text.split(','))):
    name, _, first = part.partition(':')
    if '=' in name:    # goes on with the options of the one before it
      if not items:
        raise errors.ConfigError(
            f'{part!r} is an option of no {kind}: NAME:OPTION=VALUE,...')
      items[-1].append(part)
    else:
      items.append([name, *filter(None, [first])])
  return [(name, dict(_option(name, o) for o in options),
           ','.join([name, *options])) for name, *options in items]


def _option(owner: str, text: str) -> tuple[str, Any]:
  name, given, value = text.partition('=')
  if not given or not name:
    raise errors.ConfigError(
        f'{text!r} of {owner!r} is no option: NAME:OPTION=VALUE,...')
  try:
    return name, ast.literal_eval(value)
  except (ValueError, SyntaxError):
    words: Sequence[tuple[str, Any]] = (
        ('none', None), ('true', True), ('false', False))
    return name, dict(words).get(value.lower(), value)
