"""What the scripts share: flags, exit statuses, one line for a mistake.

Exit status 0: done. 1: the run cannot go on. 2: a mistake in what was asked.
75: interrupted and asked to be requeued (--requeue); without it 128 + signal.
"""

import os
import pathlib
import sys
from collections.abc import Callable, Sequence

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')

from absl import app, flags, logging  # noqa: E402
from ml_collections import config_flags  # noqa: E402

REQUEUE = 75    # EX_TEMPFAIL of sysexits.h


def run(main: Callable[[Sequence[str]], None]) -> None:
  """absl's app.run, with mistakes as one line and an exit status."""
  app.run(lambda argv: sys.exit(_guarded(main, argv)), flags_parser=_parse)


def _guarded(main, argv) -> int:
  from gans_jax import checkpoint, environment, errors, signals
  environment.use_compilation_cache()
  try:
    main(argv)
    return 0
  except errors.ConfigError as e:
    return _complain(e, 2)
  except (errors.TrainingError, checkpoint.CheckpointError) as e:
    return _complain(e, 1)
  except signals.Interrupted as e:
    print(f'{e}: saved. The same command goes on from there.', file=sys.stderr)
    requeue = 'requeue' in flags.FLAGS and flags.FLAGS.requeue
    return REQUEUE if requeue else 128 + e.signum
  except KeyboardInterrupt:
    return 130


def _complain(error: Exception, status: int) -> int:
  sys.stdout.flush()
  print(f'error: {error}', file=sys.stderr)
  return status


def _parse(argv: Sequence[str]) -> list[str]:
  """Parses the flags; unknown names show the nearest, as one line."""
  from gans_jax import config, errors
  logging.use_absl_handler()
  logging.set_verbosity(logging.WARNING)    # Orbax tells much; --verbosity
  try:
    try:
      return flags.FLAGS(argv)
    except flags.Error as e:
      raise errors.ConfigError(str(e)) from e
    except (AttributeError, KeyError, TypeError, ValueError) as e:
      # ml_collections found no such key; say so in one line.
      for key in _overrides(argv):
        known = config.flat(_config(argv))
        sections = {k.rsplit('.', 1)[0] for k in known if '.' in k}
        if key not in known and key not in sections:
          errors.unknown('config key', key, known)
      raise errors.ConfigError(str(e)) from e
  except errors.ConfigError as e:
    sys.exit(_complain(e, 2))


def _overrides(argv: Sequence[str]) -> list[str]:
  return [a.lstrip('-').split('=')[0].removeprefix('config.').removeprefix(
      'noconfig.') for a in argv[1:] if a.lstrip('-').startswith('config.')]


def _config(argv: Sequence[str]):
  """The config of the command line, without its overrides."""
  holder = flags.FlagValues()
  flag = config_flags.DEFINE_config_file('config', flag_values=holder)
  only = [a for i, a in enumerate(argv) if a.lstrip('-').startswith('config=')
          or a.lstrip('-') == 'config' or argv[i - 1].lstrip('-') == 'config']
  holder([argv[0], *only])
  return flag.value


def required(flag: flags.FlagHolder, what: str):
  """The flag's value.

  Raises:
    errors.ConfigError: it was not given.
  """
  from gans_jax import errors
  if flag.value is None:
    raise errors.ConfigError(f'--{flag.name} is needed: {what}')
  return flag.value


def config_of(flag) -> object:
  """The ConfigDict of --config.

  Raises:
    errors.ConfigError: no such file, or a mistake inside.
  """
  from gans_jax import errors
  value = required(flag, 'a file of configs/, such as configs/gan_ring.py')
  try:
    value.to_dict()
  except errors.ConfigError:
    raise
  except Exception as e:    # config_flags keeps what went wrong until now
    raise errors.ConfigError(f'--config cannot be read: {e}') from e
  return value


def print_summary(workdir) -> None:
  """Prints the metrics of a run, and where its report is."""
  from gans_jax import metrics
  for row in metrics.summary(metrics.read_rows(workdir)):
    best = '' if row.best is None else f'  best {row.best:.4g}'
    print(f'{row.name:32s} {row.final:.4g} at step {row.final_step}{best}'
          f'{"  (EMA)" if row.ema else ""}')
  print(f'report: {pathlib.Path(workdir) / "report.html"}')
