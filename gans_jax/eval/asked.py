"""Metrics as they are asked for on a command line."""

import inspect
from collections.abc import Mapping
from typing import Any

from gans_jax import asked, errors
from gans_jax.data.spec import Source
from gans_jax.eval import evaluators
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference

Entries = dict[str, tuple[str, dict[str, Any]]]


def parse(text: str, known: Mapping[str, tuple[str, dict[str, Any]]]
          ) -> Entries:
  """{label: (evaluator, options)} of 'fid,kid:n=2000,resize=clean'.

  A name may be a label of `known`, whose options are then what is not said
  here. Asked for again with other options, the whole text is the label.

  Raises:
    ConfigError: no such evaluator or label, or an option without a name.
  """
  out: Entries = {}
  for name, said, whole in asked.parse(text, 'metric'):
    if name not in known and name not in evaluators.EVALUATORS:
      errors.unknown('metric', name, {*known, *evaluators.EVALUATORS})
    evaluator, given = known.get(name, (name, {}))
    label = name if name not in out else whole
    if label in out:
      raise errors.ConfigError(f'{label!r} is asked for twice')
    out[label] = evaluator, {**given, **said}
  return out


def make(entries: Entries, real: Source, n: int | None = None,
         most: int | None = None) -> dict[str, Evaluator]:
  """The evaluators, by label.

  Args:
    entries: of `parse`.
    real: the data.
    n: samples for all that take a number of them.
    most: samples that there are: what takes more by itself takes these.

  Raises:
    ConfigError: see `evaluators.make`.
  """
  reference, out = Reference(real), {}
  for label, (name, options) in entries.items():
    takes = inspect.signature(evaluators.EVALUATORS[name]).parameters
    if n is not None and 'n' in takes:
      options = {**options, 'n': n}
    elif most is not None and 'n' in takes and 'n' not in options:
      usual = takes['n'].default
      if isinstance(usual, int):
        options = {**options, 'n': min(most, usual)}
    out[label] = evaluators.make(name, reference, **options)
  return out
