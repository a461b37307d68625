"""What a config file is: sections, the `:argument` after its name, changes.

A config file is a paper's command line. It defines `get_config(arg='')`, which
starts from `base(...)` and fills in the rest; its docstring is the paper's row.
"""

import json
from collections.abc import Mapping
from typing import Any

import ml_collections

from gans_jax import errors

# Sections whose keys belong to what they configure, and are checked there.
OPEN = ('data', 'model', 'evals', 'accept')
# What may change between the runs of one experiment in one workdir.
RESUMABLE = ('steps', 'rounds', 'log', 'checkpoint', 'samples', 'evals',
             'accept', 'reference', 'mesh', 'faults')


def base(system: str, data: Mapping[str, Any], *, steps: int, batch: int,
         model: Mapping[str, Any] | None = None,
         evals: Mapping[str, Any] | None = None,
         accept: Mapping[str, Any] | None = None) -> ml_collections.ConfigDict:
  """A config with every section filled in.

  Args:
    system: a file of gans_jax/systems.
    data: dict(name=..., **arguments of the data set).
    steps: rounds to play.
    batch: examples a batch, over all devices and hosts.
    model: arguments of the system's `build`.
    evals: by label, dict(evaluator=..., every=..., **its arguments). `every=0`
      evaluates once, at the end.
    accept: by label, dict(metric=..., min=... or max=...): what
      launch/reproduce.py compares with, `metric` as metrics.jsonl names it.

  Returns:
    A ConfigDict that may still be changed; its keys are fixed.
  """
  c = ml_collections.ConfigDict()
  c.system = system
  c.seed = 0          # of the params, the noise and the order of the data
  c.seeds = 1         # runs in one program, with seeds seed, seed + 1, ...
  c.steps = steps
  c.batch = batch
  c.rounds = 1        # rounds a dispatch: more for small nets
  c.data = dict(data)
  c.model = _own(model or {})
  # Nets that begin as they are in the newest checkpoint of another run, a
  # folder; (): all that both have. Averaged params where the run keeps them.
  c.init = dict(run='', nets=())
  c.evals = {k: dict(v) for k, v in (evals or {}).items()}
  c.log = dict(every=50, tensorboard=True)
  # Kept: the last `keep`, every `keep_every`th step, and the `keep_best` by the
  # metric `best`, such as 'fid/fid' ('+' or '-' before it: higher, lower).
  c.checkpoint = dict(every=1000, keep=3, keep_every=0, best='', keep_best=1)
  c.samples = dict(every=500, n=64)
  # Places of the axes, 0: as the devices have it; whether state is spread; and
  # in how many parts, one after another, the gradient of a batch is taken.
  c.mesh = dict(seed=0, data=0, fsdp=False, accumulate=1)
  # A number that is not finite: stop, or rollback at most `retries` times; and
  # seconds without a round after which a process ends itself, 0: never.
  c.faults = dict(nan='stop', retries=3, hang=1800)
  c.accept = {k: dict(v) for k, v in (accept or {}).items()}
  c.reference = ''    # the paper's number, with its protocol
  c.lock()
  return c


def _own(value: Any) -> Any:
  """`value` with dicts of its own in every place.

  ConfigDict makes one section of a dict that stands in two places (an optimizer
  of both players): setting a key of the one would set that of the other.
  """
  if isinstance(value, Mapping):
    return {k: _own(v) for k, v in value.items()}
  return value


def shrink(c: ml_collections.ConfigDict, *, steps: int = 4, batch: int = 8,
           rounds: int = 1, n: int = 16,
           evals: Mapping[str, Any] | None = None) -> None:
  """Makes a config `:tiny`: seconds of work, two checkpoints, no claims."""
  c.steps, c.batch, c.rounds = steps, batch, rounds
  c.log.every, c.checkpoint.every = rounds, steps // 2
  c.samples = dict(every=steps, n=n)
  c.evals, c.accept = dict(evals or {}), {}


def pace_points(c: ml_collections.ConfigDict, tiny: bool, rounds: int = 250,
                every: int = 2500) -> None:
  """The pace of an experiment on points in the plane, whose rounds are quick.

  Args:
    c: of nets with two hidden layers.
    tiny: whether it is `:tiny`.
    rounds: of a dispatch, and from one row of the log to the next.
    every: rounds from one checkpoint, and one picture, to the next.
  """
  c.rounds = c.log.every = rounds
  c.checkpoint.every = every
  c.samples = dict(every=every, n=1000)
  if tiny:
    shrink(c, steps=20, batch=32, rounds=5, n=32,
           evals=dict(modes=dict(every=0, n=100)))
    c.model.nets.hidden = (16, 16)


def pace_stacked(c: ml_collections.ConfigDict, tiny: bool, rounds: int = 100,
                 every: int = 2500) -> None:
  """The pace of an experiment on stacked digits by dense nets.

  Args:
    c: of nets with `hidden` widths.
    tiny: whether it is `:tiny`.
    rounds: of a dispatch; a row of the log holds two.
    every: rounds from one checkpoint, and one picture, to the next.
  """
  c.rounds, c.log.every = rounds, 2 * rounds
  c.checkpoint.every, c.samples.every, c.samples.n = every, every, 100
  if tiny:
    shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16,)


def with_args(arg: str, *more: str) -> str:
  """`arg` and more of the kind: what a config made of another passes on."""
  return ','.join(filter(None, (arg, *more)))


def parse_arg(arg: str, **defaults: Any) -> ml_collections.ConfigDict:
  """Parses what stands after the colon: `--config configs/x.py:tiny,width=8`.

  Args:
    arg: comma-separated; `name` alone means name=True.
    **defaults: every allowed name; a value is read as its default's type.

  Returns:
    ConfigDict of the names.

  Raises:
    errors.ConfigError: an unknown name, or a value of another type.
  """
  values = dict(defaults)
  for part in filter(None, (arg or '').split(',')):
    name, given, text = part.partition('=')
    default = errors.choose('config argument', name, defaults)
    if not given:
      if not isinstance(default, bool):
        raise errors.ConfigError(f'config argument {name!r} needs a value: '
                                 f'{name}={default!r}, for example')
      values[name] = True
    elif isinstance(default, bool):
      values[name] = errors.choose(f'value of {name}', text.lower(), {
          'true': True, '1': True, 'false': False, '0': False})
    else:
      try:
        values[name] = type(default)(text)
      except ValueError as e:
        raise errors.ConfigError(
            f'config argument {name}={text!r} is no '
            f'{type(default).__name__}') from e
  return ml_collections.ConfigDict(values)


def plain(config: Any) -> Any:
  """The config as JSON has it: dicts, lists, numbers, strings."""
  if hasattr(config, 'to_dict'):
    config = config.to_dict()
  return json.loads(json.dumps(config))


def flat(config: Any, prefix: str = '') -> dict[str, Any]:
  """{'data.name': 'ring8', ...}; an empty section is a leaf."""
  out = {}
  for key, value in plain(config).items():
    if isinstance(value, dict) and value:
      out |= flat(value, f'{prefix}{key}.')
    else:
      out[prefix + key] = value
  return out


def changes(old: Any, new: Any) -> dict[str, tuple[Any, Any]]:
  """By path, (old, new) values that differ; None for a missing one."""
  a, b = flat(old), flat(new)
  return {k: (a.get(k), b.get(k)) for k in sorted(a.keys() | b.keys())
          if a.get(k) != b.get(k)}


def check(config: Any) -> None:
  """Checks the closed sections, and numbers that every run needs.

  Raises:
    errors.ConfigError: an unknown or missing key, or an impossible number.
  """
  want, have = plain(base('', {}, steps=1, batch=1)), plain(config)
  _check_keys('config key', want, have)
  for section in set(want) - set(OPEN):
    if isinstance(want[section], dict):
      _check_keys(f'config key in {section!r}', want[section], have[section])
  for key in ('seeds', 'steps', 'batch', 'rounds', 'checkpoint.every',
              'checkpoint.keep', 'log.every', 'samples.n', 'mesh.accumulate'):
    value = flat(have)[key]
    if not isinstance(value, int) or value < 1:
      raise errors.ConfigError(f'config.{key}={value!r}: needs a whole number '
                               'of at least 1')
  for key in ('checkpoint.keep_every', 'checkpoint.keep_best', 'mesh.seed',
              'mesh.data', 'faults.retries', 'faults.hang'):
    value = flat(have)[key]
    if not isinstance(value, int) or value < 0:
      raise errors.ConfigError(f'config.{key}={value!r}: needs a whole number, '
                               'or 0')
  errors.choose('value of faults.nan', have['faults']['nan'],
                dict(stop=0, rollback=0))
  for key in ('system', 'data.name'):
    if not flat(have).get(key):
      raise errors.ConfigError(f'config.{key} is not set')


def filled(config: Mapping[str, Any]) -> dict[str, Any]:
  """A config that an older version wrote, with what it did not know of yet."""
  out = dict(config)
  for key, value in plain(base('', {}, steps=1, batch=1)).items():
    if isinstance(value, dict) and key not in OPEN:
      out[key] = {**value, **out.get(key, {})}
  return out


def _check_keys(kind: str, want: dict, have: dict) -> None:
  for key in have:
    if key not in want:
      errors.unknown(kind, key, want)
  if missing := set(want) - set(have):
    raise errors.ConfigError(f'{kind}s missing: {", ".join(sorted(missing))}; '
                             'start from gans_jax.config.base')


def check_same_experiment(old: Any, new: Any, workdir: Any) -> None:
  """Refuses to go on in a workdir with what would be another experiment."""
  different = {k: v for k, v in changes(old, new).items()
               if k.split('.')[0] not in RESUMABLE}
  if different:
    rows = '; '.join(f'{k}: {a!r} there, {b!r} asked'
                     for k, (a, b) in different.items())
    raise errors.ConfigError(
        f'{workdir} holds another experiment ({rows}). Choose another '
        '--workdir, or give the config that it was made with')
