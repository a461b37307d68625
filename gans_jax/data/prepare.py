"""Prepares data: tfds sets as array_record files, and emoji.

Array_record files are read without TensorFlow.

Files already on the machine are taken in place of a download. For the sets in
MNIST's file format that needs no TensorFlow either.
"""

import importlib.util
import io
import pathlib

import numpy as np
from PIL import Image

from gans_jax import errors
from gans_jax.data import embedded, emoji, tfds_source

# Sets that come as four idx files, and where a package may have put them.
IDX = {
    'fashion_mnist': embedded.FASHION_DEBIAN,
    'kmnist': None,
    'mnist': None,
}


def prepare(tfds_name: str, data_dir: str | None = None,
            files: str | None = None) -> pathlib.Path:
  """Writes a tfds set as array_record, and downloads it if need be.

  Args:
    tfds_name: name, as tfds has it; of a configuration 'lsun/church_outdoor'.
      Or of emoji.PACKAGES, which are no tfds sets: see `emoji.prepare`.
    data_dir: where to; None: ~/tensorflow_datasets.
    files: folder of files to take in place of a download: for 'mnist',
      'fashion_mnist' and 'kmnist' the four idx files, gzipped or not; for
      others tfds' manual_dir. None: where a Debian package puts them, if
      there, else the web.

  Returns:
    the folder of the prepared set. One that is there already is left alone.

  Raises:
    ConfigError: no such set, no such files, no way to download them, the set
      is there in another format, or TensorFlow is needed and missing.
  """
  if tfds_name in emoji.PACKAGES:
    if data_dir:
      raise errors.ConfigError(
          f'{tfds_name!r} is no tfds set and is kept in the cache folder: '
          '$GANS_JAX_CACHE names another, --data_dir does not')
    return emoji.prepare(tfds_name, files)
  import tensorflow_datasets as tf_datasets
  builder = tfds_source.find(tfds_name, data_dir, tuple(emoji.PACKAGES))
  target = pathlib.Path(builder.data_dir)
  if tfds_source.is_prepared(builder):
    return target
  if target.is_dir():  # tfds takes one format a folder, by default tfrecord
    raise errors.ConfigError(
        f'{target} holds this set in a format that cannot be read at random. '
        'Move it away, or give another --data_dir')
  folder = _files(tfds_name, files)
  local = folder is not None and tfds_name in IDX
  if not local and not has_tensorflow():
    raise errors.ConfigError(
        f'preparing {tfds_name!r} needs TensorFlow: '
        "pip install 'gans_jax[prepare]'")
  try:
    with tfds_source.quiet():
      if local:
        builder = _from_idx(type(builder), folder)(data_dir=data_dir)
      builder.download_and_prepare(
          file_format='array_record',
          download_config=tf_datasets.download.DownloadConfig(
              manual_dir=folder,
              force_checksums_validation=True,
              # The bucket's sets are tfrecords.
              try_download_gcs=False))
  except OSError as error:  # requests' errors are such, too
    raise errors.ConfigError(
        f'cannot prepare {tfds_name!r}: {error}. Files that you have are '
        'taken from --files') from error
  return target


def has_tensorflow() -> bool:
  """Whether TensorFlow is installed; importing it would take ten seconds."""
  return importlib.util.find_spec('tensorflow') is not None


def _files(name, files):
  """The folder to take files from, or None."""
  folder = pathlib.Path(files).expanduser() if files else IDX.get(name)
  if folder is not None and not folder.is_dir():
    if files:
      raise errors.ConfigError(f'there is no folder {folder}')
    return None
  return folder


def _from_idx(builder: type, folder: pathlib.Path) -> type:
  """tfds' builder of an MNIST-like set, reading idx files of a folder.

  tfds would take the files themselves only if they are byte for byte those
  of the web, and Debian's are compressed anew.
  """
  import tensorflow_datasets as tf_datasets

  # Read now, so that nothing is created where a file is missing or damaged.
  parts = {split: embedded.idx_pair(folder, stem)
           for split, stem in (('train', 'train'), ('test', 't10k'))}

  class FromIdx(builder, skip_registration=True):
    """The same set from local files."""

    name = builder.name

    def _split_generators(self, dl_manager):
      return [tf_datasets.core.SplitGenerator(split, dict(split=split))
              for split in parts]

    def _generate_examples(self, split):
      # The keys are those of tfds, which make its shuffled order.
      for i, (image, label) in enumerate(zip(*parts[split], strict=True)):
        yield i, {'image': _png(image), 'label': int(label)}

  return FromIdx


def _png(image: np.ndarray) -> bytes:
  # tfds would ask TensorFlow to encode an array; bytes are taken as they are.
  stream = io.BytesIO()
  Image.fromarray(image).save(stream, 'png')
  return stream.getvalue()
