"""Runs a study, and prints its table.

  python launch/study.py metrics
  python launch/study.py metrics --n 500 --data digits_of_mine --out table.md

metrics: real pictures, spoiled in one known way at a time (noise, blur, lost
classes, collapse, imbalance, copies, wrong labels): which metric sees it? Exit
status 1 if one that should see a fault does not, or one that should not does.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

DATA = flags.DEFINE_string('data', 'mnist5k', 'Labelled data set.')
N = flags.DEFINE_integer('n', 1000, 'Pictures of each set.', lower_bound=20)
EXTRACTOR = flags.DEFINE_string('extractor', 'efficientnet_lite0',
                                'Network of the features.')
SEED = flags.DEFINE_integer('seed', 0, 'Of the choice of pictures.')
OUT = flags.DEFINE_string('out', None, 'File to write the table to, too.')


def main(argv):
  from gans_jax import errors, files
  from gans_jax.studies import sensitivity
  if len(argv) != 2:
    raise errors.ConfigError('name one study: metrics')
  errors.choose('study', argv[1], dict(metrics=sensitivity))
  found = sensitivity.run(
      DATA.value, N.value, EXTRACTOR.value, SEED.value,
      progress=lambda what: print(f'{what} ...', file=sys.stderr, flush=True))
  print(found.table())
  if OUT.value:
    files.write_atomic(OUT.value, found.table() + '\n')
  if missed := found.missed():
    raise errors.TrainingError('not as expected: ' + '; '.join(missed))


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
