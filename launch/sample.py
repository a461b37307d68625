"""Draws samples from a run.

  python launch/sample.py --workdir runs/a --out grid.png --n 64
  python launch/sample.py --workdir runs/a --out pictures/ --seeds 0-9,42
  python launch/sample.py --workdir runs/a --out samples.npz --n 10000
  python launch/sample.py --workdir runs/c --out sevens.png --labels 7
  python launch/sample.py --workdir runs/b --out t.png --cutoff 0.5 \
      --statistics standing
  python launch/sample.py --workdir runs/a --out d.png --langevin steps=100
  python launch/sample.py --workdir runs/i --out c.png --traverse category --n 5
  python launch/sample.py --workdir runs/e --out pairs.png --reconstruct
  python launch/sample.py --workdir runs/e --out paths.png --between 8 --n 10

What --out ends with says what is written: .png a grid (a scatter plot of
points, a logo of sequences), .npz the arrays as the game makes them, .fasta the
letters of sequences, anything else a folder with a PNG for each sample. A seed
gives the same sample whatever else is asked for.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

WORKDIR = flags.DEFINE_string('workdir', None, 'Folder of the run.')
OUT = flags.DEFINE_string('out', None, 'grid.png, arrays.npz, letters.fasta or '
                          'a folder.')
N = flags.DEFINE_integer('n', 64, 'How many, if no --seeds.', lower_bound=1)
SEEDS = flags.DEFINE_string('seeds', None, 'A sample a seed: 0-9,42.')
SEED = flags.DEFINE_integer('seed', 0, 'Of all the noise, if no --seeds.')
LABELS = flags.DEFINE_string(
    'labels', None, 'Of a conditional game: one for all, or one each: 7 or '
    '0-9; shorter lists are repeated.')
STEP = flags.DEFINE_integer('step', None, 'Of a checkpoint; the newest sound.')
CUTOFF = flags.DEFINE_float('cutoff', None, 'Normal noise from within +-this: '
                            "BigGAN's truncation.")
PSI = flags.DEFINE_float('psi', 1., "StyleGAN's truncation of w; 1: none.")
STATISTICS = flags.DEFINE_string(
    'statistics', 'running', "BatchNorm's: running, batch or standing.")
LANGEVIN = flags.DEFINE_string('langevin', None, 'D moves z before G decodes '
                               'it (DDLS): steps=100,step=0.01.')
TRAVERSE = flags.DEFINE_string('traverse', None, 'A code of the game (InfoGAN) '
                               'goes through its values, in each of n rows.')
RECONSTRUCT = flags.DEFINE_bool('reconstruct', False, 'Held-out examples, each '
                                'beside what G makes of its code.')
BETWEEN = flags.DEFINE_integer('between', None, 'Pictures on each of n paths '
                               'in codes between held-out examples.')
EMA = flags.DEFINE_bool('ema', True, "Average of G's params, if the run has "
                        'one.')


def main(argv):
  del argv
  workdir = cli.required(WORKDIR, 'the folder of a run, such as runs/a')
  out = pathlib.Path(cli.required(OUT, 'such as grid.png'))
  from gans_jax import experiment
  from gans_jax.eval import export, langevin, sampler, traverse
  seeds, labels = (export.numbers(flag.name, flag.value)
                   for flag in (SEEDS, LABELS))
  exp, step, state, mesh = experiment.open_run(workdir, STEP.value)
  if RECONSTRUCT.value or BETWEEN.value is not None:
    from gans_jax.apps import inverse
    cli.without('--reconstruct and --between begin at held-out examples',
                SEEDS, LABELS, CUTOFF, PSI, STATISTICS, LANGEVIN)
    print(inverse.write(out, inverse.asked(
        exp, state, step, N.value, BETWEEN.value, EMA.value), exp.source.spec))
    return
  how = dict(ema=EMA.value, mode=sampler.Mode(
      CUTOFF.value, PSI.value, STATISTICS.value,
      langevin=langevin.parse(LANGEVIN.value)))
  if TRAVERSE.value is not None:
    cli.without('--traverse draws rows of its own', SEEDS, LABELS, LANGEVIN)
    print(*traverse.write(out, traverse.asked(
        exp, state, step, mesh, TRAVERSE.value, N.value, SEED.value, **how),
        exp.source.spec), sep='\n')
    return
  samples = export.draw(
      exp, state, step, mesh, n=N.value, seed=SEED.value, seeds=seeds,
      labels=labels, **how)
  for path in export.write(out, samples, exp.source.spec, seeds):
    print(path)


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
