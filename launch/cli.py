"""What the scripts share: flags, exit statuses, one line for a mistake.

Exit status 0: done. 1: the run cannot go on. 2: a mistake in what was asked.
75: run the same again, as schedulers are told: interrupted (with --requeue;
without it 128 + signal), hung, or one of several processes whose partners are
gone. 70: an error of one of several that may have the same reason; again, but
not for ever.
"""

import importlib.util
import os
import pathlib
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')

from absl import app, flags, logging  # noqa: E402

REQUEUE = 75    # EX_TEMPFAIL of sysexits.h
PERHAPS = 70    # EX_SOFTWARE


def run(main: Callable[[Sequence[str]], None]) -> None:
  """absl's app.run, with mistakes as one line and an exit status."""
  app.run(lambda argv: sys.exit(_guarded(main, argv)), flags_parser=_parse)


def _guarded(main, argv) -> int:
  from gans_jax import checkpoint, environment, errors, processes, signals
  environment.use_compilation_cache()
  try:
    main(argv)
    return 0
  except errors.ConfigError as e:
    return _complain(e, 2)
  except processes.JobError as e:
    return _complain(e, PERHAPS)
  except errors.TrainingError as e:
    return _complain(e, 1)
  except checkpoint.CheckpointError as e:
    if e.__cause__ is not None and processes.of_several():    # of a save
      _leave(e)
    return _complain(e, 1)
  except signals.Interrupted as e:
    print(f'{e}: saved. The same command goes on from there.', file=sys.stderr)
    requeue = 'requeue' in flags.FLAGS and flags.FLAGS.requeue
    return REQUEUE if requeue else 128 + e.signum
  except KeyboardInterrupt:
    return 130
  except Exception as e:
    if not processes.of_several():
      raise
    _leave(e)


def _leave(error: Exception) -> NoReturn:
  """Ends one of several processes after an error, so that the others end, too.

  A collective fails where a partner is gone; that is no fault of this one's.
  An orderly end would wait minutes for the others, which may wait for us.
  """
  from gans_jax import processes
  traceback.print_exc()
  sys.stdout.flush()
  sys.stderr.flush()
  os._exit(REQUEUE if processes.lost_partner(error) else PERHAPS)


def _complain(error: Exception | str, status: int) -> int:
  sys.stdout.flush()
  print(f'error: {error}', file=sys.stderr)
  return status


def _parse(argv: Sequence[str]) -> list[str]:
  """Parses the flags; unknown names show the nearest, as one line."""
  from gans_jax import errors
  logging.use_absl_handler()
  logging.set_verbosity(logging.WARNING)    # Orbax tells much; --verbosity
  try:
    if 'config' in flags.FLAGS:
      _check_config(argv)
    return flags.FLAGS(argv)
  except errors.ConfigError as e:
    sys.exit(_complain(e, 2))
  except flags.Error as e:
    sys.exit(_complain(str(e).splitlines()[0], 2))


def _check_config(argv: Sequence[str]) -> None:
  """Finds mistakes in --config that ml_collections shows as tracebacks.

  Raises:
    errors.ConfigError: no such file, argument of it, or key.
  """
  from gans_jax import config, errors
  path, overrides = None, []
  for i, word in enumerate(argv):
    name, given, value = word.lstrip('-').partition('=')
    if not word.startswith('-'):
      continue
    if name == 'config':
      path = value if given else argv[i + 1] if i + 1 < len(argv) else None
    elif name.startswith(('config.', 'noconfig.')):
      overrides.append(name.partition('.')[2])
  if path is None:
    return
  path, _, arg = path.partition(':')
  if not pathlib.Path(path).is_file():
    raise errors.ConfigError(
        f'there is no config file {path}; configs/ holds some')
  spec = importlib.util.spec_from_file_location('asked_config', path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  known = set(config.flat(module.get_config(arg)))
  sections = {k[:i] for k in known for i, c in enumerate(k) if c == '.'}
  for key in overrides:
    if key not in known | sections:
      errors.unknown('config key', key, known)


def required(flag: flags.FlagHolder, what: str):
  """The flag's value.

  Raises:
    errors.ConfigError: it was not given.
  """
  from gans_jax import errors
  if flag.value is None:
    raise errors.ConfigError(f'--{flag.name} is needed: {what}')
  return flag.value


def print_summary(workdir) -> None:
  """Prints the metrics of a run, and where its report is."""
  from gans_jax import buckets, metrics
  for row in metrics.summary(metrics.read_rows(workdir)):
    best = ('' if row.best is None else
            f'  best {row.best:.4g} at {row.best_step}')
    mean = '' if row.k < 2 else f'  mean of last {row.k} {row.mean:.4g}'
    print(f'{row.name:32s} {row.final:.4g} at step {row.final_step}{best}{mean}'
          f'{"  (EMA)" if row.ema else ""}')
  print(f'report: {buckets.join(workdir, "report.html")}')
