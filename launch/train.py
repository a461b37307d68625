"""Trains what a config says, going on where an earlier run was left.

  python launch/train.py --config configs/dcgan_mnist.py --workdir runs/a
  python launch/train.py --config configs/gan_ring.py:tiny --workdir runs/b \
      --config.steps=500 --config.seed=1
  python launch/train.py --config configs/gan_ring.py --workdir runs/c \
      --parts r1:gamma=10,every=16,top_k

Any key of the config can be set: --config.model.z=64. --parts adds to a game
of two players what README's "Parts" lists. The workdir then holds
config.json, metrics.jsonl, events.jsonl, samples/, checkpoints/, tensorboard/,
run.json and report.html. The same command goes on after a kill; a larger
--config.steps trains on. SIGTERM and Ctrl-C save first. Several processes:
launch/README.md.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402
from ml_collections import config_flags  # noqa: E402

from launch import cli, job  # noqa: E402

CONFIG = config_flags.DEFINE_config_file(
    'config', None, 'File of configs/, with an argument after a colon.')
WORKDIR = flags.DEFINE_string('workdir', None, 'Folder of the run.')
PROGRESS = flags.DEFINE_bool('progress', True, 'Show a progress bar.')
PARTS = flags.DEFINE_string(
    'parts', None, 'More of the game: r1:gamma=10,every=16,top_k.')
REQUEUE = flags.DEFINE_bool(
    'requeue', False, 'Exit with status 75 after SIGTERM or Ctrl-C, which '
    'schedulers are told to take as "run me again".')


def main(argv):
  del argv
  config = cli.required(CONFIG, 'such as configs/gan_ring.py')
  workdir = cli.required(WORKDIR, 'a folder such as runs/a')
  from gans_jax import asked, sharding, train
  if PARTS.value:
    with config.unlocked():
      config.model.parts = {**config.model.get('parts', {}), **{
          name: said for name, said, _ in asked.parse(PARTS.value, 'part')}}
  job.start()
  sharding.use_cores(config.seeds)
  train.train(config, workdir, progress=PROGRESS.value)
  if sharding.is_main():
    cli.print_summary(workdir)


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
