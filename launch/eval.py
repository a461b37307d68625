"""Scores a run, or pictures that any code has made; sets scores side by side.

A run: the evaluators of its config, or others, at any saved step.

  python launch/eval.py --workdir runs/a
  python launch/eval.py --workdir runs/a --step=500 --noema
  python launch/eval.py --workdir runs/a --n=10000 \
      --metrics=fid,kid:size=500,precision_recall
  python launch/eval.py --workdir runs/a --statistics=standing --cutoff=1 \
      --metrics=kid:extractor=efficientnet_lite0,n=2000

Pictures: a folder, an .npz (uint8 [N, H, W, C] under 'x', 'images', 'samples'
or 'arr_0'), or a data set by name. Nothing is resized or converted.

  python launch/eval.py --samples theirs/ --reference=cifar/ --workdir runs/b
  python launch/eval.py --samples s.npz --reference=mnist5k:test \
      --workdir runs/c --metrics=kid:extractor=efficientnet_lite0

A run that goes on, in another process: every checkpoint as it comes, those that
were not scored yet first, until the last. Rows go to followed.jsonl, since the
run itself writes metrics.jsonl; the report shows both.

  python launch/eval.py --workdir runs/a --follow --metrics=fid,kid

Two workdirs, each metric only if it was taken in the same way in both; else the
fields of the protocol that differ are named. Status 2 if nothing compares.

  python launch/eval.py --compare runs/a runs/b

All metrics come from one pass over the samples, on all devices. A killed
evaluation goes on from where it was. Values are printed, appended to
metrics.jsonl with their protocol (extractor and SHA-256 of its weights, resize,
numbers of real and fake, split, EMA, truncation, statistics, labels, seed,
versions), and shown in the report, which is written anew. Metrics and their
options are the functions of gans_jax/eval/evaluators.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli, job  # noqa: E402

WORKDIR = flags.DEFINE_string(
    'workdir', None, 'Folder of the run, or where scores of --samples go.')
STEP = flags.DEFINE_integer('step', None, 'Of a checkpoint; the newest sound.')
METRICS = flags.DEFINE_string(
    'metrics', None, 'Names, or labels of config.evals, with options: '
    'fid,kid:n=2000,extractor=efficientnet_lite0. By default those of the '
    'config, or of pictures fid, kid, inception_score, precision_recall.')
N = flags.DEFINE_integer('n', None, 'Samples of each metric.', lower_bound=1)
SAMPLES = flags.DEFINE_string('samples', None, 'Pictures to be scored.')
REFERENCE = flags.DEFINE_string('reference', None, 'Real pictures.')
FOLLOW = flags.DEFINE_bool('follow', False, 'Score checkpoints as they come.')
POLL = flags.DEFINE_float('poll', 10., '--follow: seconds.', 0.)
COMPARE = flags.DEFINE_string('compare', None, 'Two workdirs: A B.')
PROGRESS = flags.DEFINE_bool('progress', True, 'Show a progress bar.')
# How samples are drawn, over what the config says; of --samples, how they were.
DRAWN = dict(
    ema=flags.DEFINE_bool('ema', True, "Average of G's params, if there is "
                          'one. This and the next five: of --samples, how they '
                          'were drawn, as far as is known.'),
    cutoff=flags.DEFINE_float('cutoff', None, 'Normal noise from within +-'
                              "this: BigGAN's truncation."),
    psi=flags.DEFINE_float('psi', 1., "StyleGAN's truncation of w; 1: none."),
    statistics=flags.DEFINE_string(
        'statistics', 'running', "BatchNorm's: running, batch or standing."),
    labels=flags.DEFINE_string('labels', 'data', 'As the data has them, or '
                               'uniform.'),
    langevin=flags.DEFINE_string(
        'langevin', None, 'z moved by D before G decodes it (DDLS): '
        'steps=100,step=0.01.'))


def main(argv):
  if COMPARE.value is not None:
    return compare([*COMPARE.value.split(','), *argv[1:]])
  workdir = cli.required(
      WORKDIR, 'the folder of a run, or one for the scores of --samples')
  from gans_jax import errors, following, scoring, sharding
  from gans_jax.eval import langevin
  if argv[1:]:
    raise errors.ConfigError(f'{" ".join(argv[1:])!r} belongs to no flag')
  job.start()
  said = {k: f.value for k, f in DRAWN.items() if f.present}
  if 'langevin' in said:
    said['langevin'] = langevin.parse(said['langevin'])
  more = dict(what=METRICS.value, n=N.value, said=said, progress=PROGRESS.value)
  if FOLLOW.value:
    following.follow(workdir, METRICS.value, N.value, said, PROGRESS.value,
                     POLL.value)
  elif SAMPLES.value is None and REFERENCE.value is None:
    scoring.of_run(workdir, STEP.value, **more)
  else:
    if said.get('langevin'):
      said['langevin'] = said['langevin']._asdict()
    scoring.of_samples(
        cli.required(SAMPLES, 'a folder, an .npz or a data set'),
        cli.required(REFERENCE, 'real pictures, likewise'), workdir, **more)
  if sharding.is_main():
    cli.print_summary(workdir)


def compare(workdirs):
  from gans_jax import errors
  from gans_jax.eval import compare as comparing
  if len(workdirs) != 2:
    raise errors.ConfigError('--compare A B: two workdirs are needed')
  print(comparing.table(*workdirs))


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
