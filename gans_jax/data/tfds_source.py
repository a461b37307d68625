"""Any TensorFlow dataset with a picture in it, read without TensorFlow.

Works on sets prepared in the array_record format, which can be read at
random; `launch/prepare.py` prepares them so. Nothing is downloaded here: a
set that is missing is an error at once, not minutes of retries.
"""

import contextlib
import difflib
from collections.abc import Sequence

import numpy as np
from absl import logging

from gans_jax import errors
from gans_jax.data.decode import decode
from gans_jax.data.sources import Raw


def tfds(tfds_name: str, split: str = 'train', data_dir: str | None = None,
         image: str | None = None, label: str | None = None) -> Raw:
  """Pictures of a prepared tfds set.

  Args:
    tfds_name: name, as tfds has it, 'cifar10' or 'imagenet_resized/64x64'.
    split: as tfds has it, 'train' or 'train[:90%]'.
    data_dir: where tfds keeps its sets; None: ~/tensorflow_datasets.
    image: name of the feature that is the picture; None: the only one.
    label: name of the feature that is the label; None: the only one.

  Raises:
    ConfigError: no such set, split or feature, or it hasn't been prepared.
  """
  import tensorflow_datasets as tf_datasets
  builder = find(tfds_name, data_dir)
  size, records = _records(builder, tfds_name, split, data_dir)
  features = builder.info.features
  image = _feature(features, tf_datasets.features.Image, 'image', image)
  label = _feature(features, tf_datasets.features.ClassLabel, 'label', label)
  if image is None:
    raise errors.ConfigError(f'tfds set {tfds_name!r} has no image feature')
  if features[image].np_dtype != np.uint8:
    raise errors.ConfigError(
        f'feature {image!r} of {tfds_name!r} is not of 8-bit images')

  def read(indices):
    found = [_example(record, image, label)
             for record in records([int(i) for i in indices])]
    images = [decode(x, f'number {i} of {tfds_name} {split}')
              if isinstance(x, bytes) else x
              for i, (x, _) in zip(indices, found, strict=True)]
    return images, np.array([y for _, y in found], np.int32) if label else None

  classes = features[label].num_classes if label else 0
  names = tuple(features[label].names) if label else ()
  return Raw(tfds_name, split, size, read, classes, names)


def find(tfds_name: str, data_dir: str | None = None,
         others: Sequence[str] = ()):
  """tfds' builder of a set, or a ConfigError with the nearest names.

  Args:
    tfds_name: name, as tfds has it.
    data_dir: where tfds keeps its sets; None: ~/tensorflow_datasets.
    others: names that could have been meant besides tfds'.
  """
  import tensorflow_datasets as tf_datasets
  try:
    with quiet():
      return tf_datasets.builder(tfds_name, data_dir=data_dir)
  except tf_datasets.core.DatasetNotFoundError as error:
    # Community sets are listed on the web, which we stay away from.
    near = difflib.get_close_matches(
        tfds_name, [*others, *tf_datasets.list_builders(
            with_community_datasets=False)])
    raise errors.ConfigError(
        f'tfds has no set {tfds_name!r}.'
        + (f' Did you mean {" or ".join(map(repr, near))}?' if near else '')
    ) from error
  except ValueError as error:  # an unknown config or version
    raise errors.ConfigError(
        f'tfds set {tfds_name!r}: ' + ' '.join(str(error).split())) from error


def is_prepared(builder) -> bool:
  """Whether the builder's set is on disk in a format of random access."""
  from tensorflow_datasets.core import file_adapters
  with quiet():
    return builder.is_prepared() and bool(
        builder.info.available_file_formats()
        & file_adapters.FileFormat.with_random_access())


@contextlib.contextmanager
def quiet():
  """Silences what tfds logs about folders that aren't there."""
  before = logging.get_verbosity()
  logging.set_verbosity(logging.ERROR)
  try:
    yield
  finally:
    logging.set_verbosity(before)


def _records(builder, name, split, data_dir):
  """Size of a split, and a function from indices to serialised examples."""
  import tensorflow_datasets as tf_datasets
  try:
    with quiet():
      records = builder.as_data_source(split)
  except NotImplementedError as error:  # nothing there, or only tfrecords
    where = f' --data_dir={data_dir}' if data_dir else ''
    raise errors.ConfigError(
        f'data set {name!r} is not prepared: no array_record files in '
        f'{builder.data_dir}. Run: python launch/prepare.py {name}{where}'
    ) from error
  except (ValueError, KeyError) as error:
    raise errors.ConfigError(
        f'tfds set {name!r} has no split {split!r} with examples in it; it '
        f'has {", ".join(builder.info.splits)}') from error
  # tfds would decode all features of an example, in several times the time.
  # Set here and not above: tfds.testing.mock_data would need TensorFlow.
  records.deserialize_method = tf_datasets.decode.DeserializeMethod.RAW_BYTES
  if isinstance(records[0], dict):  # mock_data can't read several at once,
    return len(records), lambda indices: [records[i] for i in indices]
  return len(records), records.__getitems__  # ten times faster than singly


def _example(record, image, label):
  """Picture and label of a record."""
  if isinstance(record, dict):  # mock_data doesn't serialise
    return record[image], record[label] if label else None
  from tensorflow_datasets.proto import tf_example_pb2
  features = tf_example_pb2.Example.FromString(record).features.feature
  return (features[image].bytes_list.value[0],
          features[label].int64_list.value[0] if label else None)


def _feature(features, kind, option, name):
  """Name of the feature of a kind: the one given, or the only one."""
  found = [key for key, value in features.items() if isinstance(value, kind)]
  if name is not None:
    return name if name in found else errors.unknown(
        f'{option} feature', name, found)
  if len(found) > 1 and option not in found:
    raise errors.ConfigError(
        f'the set has several: give {option}= one of {", ".join(found)}')
  return option if option in found else next(iter(found), None)
