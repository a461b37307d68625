"""Tries what configs claim, over seeds, and records what came out.

  python launch/reproduce.py wgan_gp              # all configs of a system
  python launch/reproduce.py gan_ring dcgan_digits --seeds 5
  python launch/reproduce.py all
  python launch/reproduce.py --tables             # only write the tables anew

A config that claims something has `accept` entries: a metric and a bound. All
seeds train in one compiled program, spread over the devices where there are
several, in <workdir>/<config>; a run that was killed goes on. A row is appended
to configs/results.jsonl (values by seed, mean, standard deviation, bound,
verdict, wall time, commit, versions), and the tables of README.md and
configs/README.md are made from it. Exit status 1 if a claim was missed.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

SEEDS = flags.DEFINE_integer('seeds', 3, 'Seeds a config, from 0 on.',
                             lower_bound=1)
WORKDIR = flags.DEFINE_string('workdir', 'runs/reproduce', 'Of the runs.')
RECORD = flags.DEFINE_bool('record', True, 'Append to configs/results.jsonl.')
TABLES = flags.DEFINE_bool('tables', False, 'Only write the tables anew.')
PROGRESS = flags.DEFINE_bool('progress', True, 'Show a progress bar.')


def main(argv):
  from gans_jax import buckets, errors, sharding
  from gans_jax.studies import acceptance, results
  if TABLES.value:
    return results.update_tables()
  if not argv[1:]:
    raise errors.ConfigError('name systems or configs to reproduce, or "all"')
  sharding.use_cores(SEEDS.value)
  names = dict.fromkeys(name for asked in argv[1:]
                        for name in acceptance.experiments(asked))
  missed = []
  for name in names:
    row = acceptance.run(
        name, buckets.join(WORKDIR.value, f'{name}_{SEEDS.value}'),
        SEEDS.value, progress=PROGRESS.value)
    print(results.table([row]), flush=True)
    if RECORD.value:
      results.append(row)
      results.update_tables()
    if not row['passed']:
      missed.append(name)
  if missed:
    raise errors.TrainingError(f'claims missed: {", ".join(missed)}')


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
