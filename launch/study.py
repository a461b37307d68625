"""Runs a study, and prints its table.

  python launch/study.py metrics
  python launch/study.py metrics --n 500 --data digits_of_mine --out table.md
  python launch/study.py contest dcgan_emoji sngan_emoji sagan_emoji \
      --metric kid/kid_efficientnet_lite0

metrics: real pictures, spoiled in one known way at a time (noise, blur, lost
classes, collapse, imbalance, copies, wrong labels): which metric sees it? Exit
status 1 if one that should see a fault does not, or one that should not does.

contest: is each config better than the first, by more than the standard error
of the difference? Of rows that launch/reproduce.py recorded. Exit status 1 if
one is not.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

DATA = flags.DEFINE_string('data', 'mnist5k', 'metrics: labelled data set.')
N = flags.DEFINE_integer('n', 1000, 'metrics: pictures of each set.',
                         lower_bound=20)
EXTRACTOR = flags.DEFINE_string('extractor', 'efficientnet_lite0',
                                'metrics: network of the features.')
SEED = flags.DEFINE_integer('seed', 0, 'metrics: of the choice of pictures.')
METRIC = flags.DEFINE_string('metric', None, 'contest: of a claim of each.')
HIGHER = flags.DEFINE_bool('higher', False, 'contest: more is better.')
OUT = flags.DEFINE_string('out', None, 'File to write the table to, too.')


def metrics(names):
  from gans_jax import errors
  from gans_jax.studies import sensitivity
  if names:
    raise errors.ConfigError(f'metrics takes flags only, not {names}')
  found = sensitivity.run(
      DATA.value, N.value, EXTRACTOR.value, SEED.value,
      progress=lambda what: print(f'{what} ...', file=sys.stderr, flush=True))
  return found.table(), 'not as expected', found.missed()


def contest(names):
  from gans_jax import errors
  from gans_jax.studies import contest, results
  if len(names) < 2 or METRIC.value is None:
    raise errors.ConfigError('name a config and those that should be better, '
                             'and a --metric of their claims')
  found = contest.compare(names[0], names[1:], METRIC.value, results.read(),
                          lower=not HIGHER.value)
  return contest.table(found), f'not better than {names[0]}', [
      s.config for s in found[1:] if not s.beats]


def main(argv):
  from gans_jax import errors, files
  studies = dict(metrics=metrics, contest=contest)
  if len(argv) < 2:
    raise errors.ConfigError(f'name one study: {", ".join(studies)}')
  table, what, missed = errors.choose('study', argv[1], studies)(argv[2:])
  print(table)
  if OUT.value:
    files.write_atomic(OUT.value, table + '\n')
  if missed:
    raise errors.TrainingError(f'{what}: ' + '; '.join(missed))


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
