"""Evaluates a run: all the evaluators of its config, at any saved step.

  python launch/eval.py --workdir runs/a
  python launch/eval.py --workdir runs/a --step=500 --noema

Values are printed, appended to metrics.jsonl with their protocol (extractor and
hash of its weights, numbers of real and fake, split, EMA, seed, versions), and
shown in the report, which is written anew.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

WORKDIR = flags.DEFINE_string('workdir', None, 'Folder of the run.')
STEP = flags.DEFINE_integer('step', None, 'Of a checkpoint; the newest sound.')
EMA = flags.DEFINE_bool('ema', True, "Average of G's params, if the run has "
                        'one.')


def main(argv):
  del argv
  workdir = cli.required(WORKDIR, 'the folder of a run, such as runs/a')
  from gans_jax import evaluation, experiment, metrics, report, sharding
  sharding.start_distributed()
  exp, step, state, mesh = experiment.open_run(workdir, STEP.value)
  found = evaluation.Evaluation(exp, mesh).due(
      state, step, everything=True, ema=EMA.value)
  for label, values, protocol in found:
    if sharding.is_main():
      metrics.append(workdir, metrics.eval_row(
          step, label, values, protocol, protocol['ema']))
  if sharding.is_main():
    report.write(workdir)
    cli.print_summary(workdir)


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
