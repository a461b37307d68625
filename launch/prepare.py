"""Gets a tfds data set ready: downloads it and writes it as array_record.

  python launch/prepare.py fashion_mnist
  python launch/prepare.py mnist --files=~/mnist
  python launch/prepare.py imagenet_resized/64x64 --data_dir=/big/tfds

Training reads what this writes without TensorFlow, with data.name='mnist',
'fashion_mnist', or 'tfds' and data.tfds_name=... A set that is ready is left
as it is.

Files that are on the machine are taken in place of a download: those of
Debian's dataset-fashion-mnist where that package is installed, and those of
--files. Anything else needs the web, and TensorFlow:
pip install 'gans_jax[prepare]'.
"""

import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402

from launch import cli  # noqa: E402

DATA_DIR = flags.DEFINE_string(
    'data_dir', None, "Where data sets are kept; by default tfds' "
    '~/tensorflow_datasets, or $TFDS_DATA_DIR.')
FILES = flags.DEFINE_string(
    'files', None, 'Folder of files to take in place of a download: the four '
    "idx files of mnist, fashion_mnist or kmnist; for other sets tfds' "
    'manual_dir.')


def main(argv):
  from gans_jax import errors
  from gans_jax.data import prepare
  if len(argv) != 2:
    raise errors.ConfigError(
        'give the name of one tfds set: python launch/prepare.py '
        'fashion_mnist')
  print(prepare.prepare(argv[1], DATA_DIR.value, FILES.value))


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
