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
  python launch/sample.py --workdir runs/a --out near.png --project 0-7
  python launch/sample.py --workdir runs/a --out me.npz \
      --project me.png:steps=1000,starts=4

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
OUT = flags.DEFINE_string('out', None, 'grid.png, x.npz, x.fasta, or a folder.')
STEP = flags.DEFINE_integer('step', None, 'Of a checkpoint; the newest sound.')
text, number = flags.DEFINE_string, flags.DEFINE_float
ASKED = (
    flags.DEFINE_integer('n', 64, 'How many, if no --seeds.', lower_bound=1),
    flags.DEFINE_integer('seed', 0, 'Of all the noise, if no --seeds.'),
    text('seeds', None, 'A sample a seed: 0-9,42.'),
    text('labels', None, 'Of a conditional game, one for all or one each: 7 or '
         '0-9; shorter lists are repeated.'),
    number('cutoff', None, "Normal noise within +-this: BigGAN's truncation."),
    number('psi', 1., "StyleGAN's truncation of w; 1: none."),
    text('statistics', 'running', "BatchNorm's: running, batch or standing."),
    text('langevin', None, 'D moves z (DDLS): steps=100,step=0.01.'),
    text('traverse', None, 'A code that goes through its values, in n rows.'),
    flags.DEFINE_bool('reconstruct', False, 'Held-out examples, each beside '
                      'what G makes of its code.'),
    flags.DEFINE_integer('between', None, 'Pictures on each of n paths between '
                         'held-out examples.'),
    text('project', None, 'Codes by gradient: of held-out examples, 0-7, or of '
         'files, me.png; and :steps=500,rate=.1,starts=1,latent=z,features=0'),
    flags.DEFINE_bool('ema', True, "Average of G's params, if there is one."))


def main(argv):
  del argv
  workdir = cli.required(WORKDIR, 'the folder of a run, such as runs/a')
  out = pathlib.Path(cli.required(OUT, 'such as grid.png'))
  from gans_jax import buckets, errors, experiment
  from gans_jax.apps import requests
  if buckets.is_url(OUT.value):
    raise errors.ConfigError(f'--out={OUT.value}: a file or a folder of this '
                             'machine is needed')
  asked = requests.Request(
      **{flag.name: flag.value for flag in ASKED},
      given=frozenset(flag.name for flag in ASKED if flag.present))
  run = experiment.open_run(workdir, STEP.value)
  print(*requests.write(out, run, asked), sep='\n')


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
