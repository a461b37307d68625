"""Runs a study, and prints its table.

  python launch/study.py metrics
  python launch/study.py metrics --n 500 --data digits_of_mine --out table.md
  python launch/study.py labels sgan_digits catgan_digits --labels 50,100
  python launch/study.py contest dcgan_emoji sngan_emoji sagan_emoji \
      --metric kid/kid_efficientnet_lite0
  python launch/study.py budget runs/search_gan runs/search_wgan \
      --metric fid/fid

metrics: real pictures, spoiled in one known way at a time (noise, blur, lost
classes, collapse, imbalance, copies, wrong labels): which metric sees it? Exit
status 1 if one that should see a fault does not, or one that should not does.

labels: five draws of few labels for each semi-supervised config, beside its D
on these labels alone; rows go to configs/labels.jsonl and README.md. Exit
status 1 if a game is no better than its D alone.

budget: of folders of runs, one a method: how good is the best of k (Lucic et
al. 2018)? A run counts by its best evaluation.

contest: is each config better than the first, by more than the standard error
of the difference? Of rows that launch/reproduce.py recorded. Exit status 1 if
one is not.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

DATA = flags.DEFINE_string('data', None, 'metrics: labelled data set; mnist5k. '
                           'labels: digits or mnist5k.')
N = flags.DEFINE_integer('n', 1000, 'metrics: pictures of each set.',
                         lower_bound=20)
EXTRACTOR = flags.DEFINE_string('extractor', 'efficientnet_lite0',
                                'metrics: network of the features.')
SEED = flags.DEFINE_integer('seed', 0, 'metrics: of the choice of pictures.')
LABELS = flags.DEFINE_string('labels', '50,100', 'labels: how many.')
STEPS = flags.DEFINE_integer('steps', None, 'labels: rounds of each.')
DRAWS = flags.DEFINE_integer('draws', 5, 'labels: of the labels.')
RECORD = flags.DEFINE_bool('record', True, 'labels: keep the rows.')
METRIC = flags.DEFINE_string('metric', None, 'contest: of a claim of each; '
                             'budget: of evaluations.')
HIGHER = flags.DEFINE_bool('higher', False, 'contest, budget: more is better.')
OUT = flags.DEFINE_string('out', None, 'File to write the table to, too.')


def say(what):
  print(what, file=sys.stderr, flush=True)


def metrics(names):
  from gans_jax import errors
  from gans_jax.studies import sensitivity
  if names:
    raise errors.ConfigError(f'metrics takes flags only, not {names}')
  found = sensitivity.run(
      DATA.value or 'mnist5k', N.value, EXTRACTOR.value, SEED.value,
      progress=lambda what: say(f'{what} ...'))
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


def budget(names):
  from gans_jax import errors
  from gans_jax.studies import budget
  if not names or METRIC.value is None:
    raise errors.ConfigError('name folders of runs, and a --metric of their '
                             'evaluations')
  scores = {}
  for name in names:
    runs = sorted(p.parent for p in pathlib.Path(name).glob('*/metrics.jsonl'))
    if not runs:
      raise errors.ConfigError(f'no runs in {name}: a folder of workdirs is '
                               'needed, one a setting')
    scores[pathlib.Path(name).name] = [
        budget.best(run, METRIC.value, not HIGHER.value) for run in runs]
  return budget.table(scores, not HIGHER.value), '', []


def labels(names):
  from gans_jax.eval import export
  from gans_jax.studies import labels
  rows = []
  for name in names or labels.CONFIGS:
    for n in export.numbers('labels', LABELS.value):
      rows.append(labels.run(name, n, DRAWS.value, DATA.value or '',
                             STEPS.value, progress=say))
      say(labels.table(rows[-1:]))
      if RECORD.value:
        labels.record(rows[-1])
  return labels.table(rows), 'no better than labels alone', [
      f'{r["config"]}, {r["labels"]} labels' for r in rows
      if not labels.Found(tuple(r['errors']), tuple(r['alone'])).beats]


def main(argv):
  from gans_jax import errors, files
  studies = dict(metrics=metrics, labels=labels, contest=contest,
                 budget=budget)
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
