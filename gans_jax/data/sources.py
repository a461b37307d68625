"""Sources: arrays held in memory, and pictures read from anywhere."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Spec
from gans_jax.data.transforms import Transform
from gans_jax.data.transforms import one_hot as to_one_hot

# Fitted pictures of a set are kept in memory up to this many bytes.
MEMORY = 2 ** 30


class Arrays:
  """A source of arrays that are already what a network sees."""

  def __init__(self, spec: Spec, arrays: Batch):
    self.spec = spec
    self._arrays = arrays

  def __len__(self) -> int:
    return self.spec.size

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """Rows of every array; see `spec.Source`."""
    return {key: array[indices] for key, array in self._arrays.items()}


def arrays(x: np.ndarray, y: np.ndarray | None = None, *,
           name: str = 'arrays', split: str = 'train',
           classes: int | None = None, class_names: Sequence[str] = (),
           range: tuple[float, float] | None = None,  # pylint: disable=redefined-builtin
           centres: Sequence[Sequence[float]] = (), std: float = 0.) -> Arrays:
  """A source over arrays.

  Args:
    x: [N, ...] anything; floats become float32.
    y: [N] labels from 0; None: no labels.
    name: goes into the Spec, as do the arguments that follow.
    split: the part of the set.
    classes: number of classes; None: the largest label plus one.
    class_names: names of the classes.
    range: of x; None: its smallest and largest value.
    centres: means of a mixture's modes.
    std: standard deviation of a mode.

  Raises:
    ConfigError: x and y differ in length, or there are no examples.
  """
  x = np.asarray(x)
  if x.dtype.kind == 'f':
    x = x.astype(np.float32)
  data = {'x': x}
  if y is not None:
    data['y'] = np.asarray(y, np.int32)
    if len(data['y']) != len(x):
      raise errors.ConfigError(
          f'{name}: {len(x)} examples and {len(data["y"])} labels')
    classes = classes or int(data['y'].max(initial=-1)) + 1
  if not len(x):
    raise errors.ConfigError(f'{name}: no examples')
  spec = Spec(
      name=name, split=split, size=len(x),
      shapes={key: value.shape[1:] for key, value in data.items()},
      dtypes={key: str(value.dtype) for key, value in data.items()},
      classes=classes or 0, class_names=tuple(class_names),
      range=tuple(range or (float(x.min()), float(x.max()))),
      centres=tuple(tuple(map(float, c)) for c in centres), std=float(std))
  return Arrays(spec, data)


@dataclasses.dataclass(frozen=True)
class Raw:
  """Pictures as they are stored, before any transform.

  Attributes:
    name: of the set.
    split: the part of it.
    size: number of pictures.
    read: indices [n] -> (n uint8 pictures [H, W, C], labels [n] or None);
      called from several threads.
    classes: number of classes, 0 without labels.
    class_names: their names.
    white: value of a white pixel.
    ready: the pictures are one array in memory, so reading costs nothing.
  """

  name: str
  split: str
  size: int
  read: Callable[[np.ndarray], tuple[Sequence[np.ndarray], np.ndarray | None]]
  classes: int = 0
  class_names: tuple[str, ...] = ()
  white: int = 255
  ready: bool = False


def raw(images: np.ndarray, labels: np.ndarray | None = None, *,
        name: str = 'arrays', split: str = 'train',
        class_names: Sequence[str] = (), white: int = 255) -> Raw:
  """Pictures [N, H, W] or [N, H, W, C] uint8 in memory, labels [N]."""
  if images.ndim == 3:
    images = images[..., None]
  classes = 0
  if labels is not None:
    labels = labels.astype(np.int32)
    classes = len(class_names) or int(labels.max()) + 1
  return Raw(
      name, split, len(images),
      lambda i: (images[i], None if labels is None else labels[i]),
      classes, tuple(class_names), white, ready=True)


def pictures(
    raw: Raw,
    *,
    size: int | tuple[int, int] | None = None,
    channels: int | None = None,
    range: tuple[float, float] = (-1., 1.),  # pylint: disable=redefined-builtin
    crop: str = 'centre',
    window: int | tuple[int, int] | None = None,
    resize: int | tuple[int, int] | None = None,
    resample: str = 'lanczos',
    pad: int = 0,
    flip: bool = False,
    labels: bool | None = None,
    one_hot: bool = False,
    memory: bool | None = None,
) -> 'Pictures':
  """A source of float32 pictures [H, W, C] in `range`, and labels.

  Args:
    raw: the pictures as stored.
    size: see `transforms.Transform`, as for all up to `flip`.
    channels: see there.
    range: see there.
    crop: see there.
    window: see there.
    resize: see there.
    resample: see there.
    pad: see there.
    flip: see there.
    labels: True demands `y`, False leaves it out, None: if there are any.
    one_hot: `y` is float32 [classes] in place of an int32.
    memory: keep pictures after their first decoding; None: if the whole set
      takes at most 1 GiB.

  Raises:
    ConfigError: an argument makes no sense, or there are no labels.
  """
  transform = Transform(
      channels, window, resize, size, resample, pad, crop, flip, tuple(range))
  if (labels or one_hot) and not raw.classes:
    raise errors.ConfigError(
        f'labels were asked of {raw.name!r} ({raw.split}), which has none')
  with_labels = bool(raw.classes) and labels is not False
  if one_hot and not with_labels:
    raise errors.ConfigError('one_hot=True with labels=False')
  return Pictures(raw, transform, with_labels, one_hot, memory)


class Pictures:
  """Raw pictures with a transform; made by `pictures`."""

  def __init__(self, raw: Raw, transform: Transform, labels: bool,
               one_hot: bool, memory: bool | None):
    first = np.asarray(raw.read(np.array([0]))[0][0])
    if transform.channels is None:  # grey pictures may stand among others
      transform = dataclasses.replace(transform, channels=first.shape[2])
    self._raw, self._transform = raw, transform
    self._labels, self._one_hot = labels, one_hot
    self._fitted = transform.fit(first).shape
    self._fits = not (raw.ready and self._fitted == first.shape
                      and not transform.window and not transform.pad)
    # What is resized is brought to 0..255 before, or its few levels (17 in
    # digits) would be rounded to.
    self._white = 255 if self._fits else raw.white
    if memory is None:
      memory = raw.size * int(np.prod(self._fitted)) <= MEMORY
    self._kept = None
    if memory and self._fits:
      self._kept = np.zeros((raw.size, *self._fitted), np.uint8)
      self._kept_y = np.zeros(raw.size, np.int32)
      self._have = np.zeros(raw.size, bool)
    shapes = {'x': transform.output(first.shape)}
    dtypes = {'x': 'float32'}
    if labels:
      shapes['y'] = (raw.classes,) if one_hot else ()
      dtypes['y'] = 'float32' if one_hot else 'int32'
    self.spec = Spec(
        name=raw.name, split=raw.split, size=raw.size, shapes=shapes,
        dtypes=dtypes, classes=raw.classes if labels else 0,
        class_names=raw.class_names if labels else (),
        range=tuple(map(float, transform.range)))

  def __len__(self) -> int:
    return self.spec.size

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """Pictures and labels; see `spec.Source`.

    Raises:
      ConfigError: a picture can't be read, or doesn't have the others' shape.
    """
    indices = np.asarray(indices)
    images, labels = self._stored(indices)
    images = self._transform.cut(images, keys)
    batch = {'x': self._transform.scale(images, self._white)}
    if self._labels:
      if labels.min(initial=0) < 0:  # tfds' mark of an example without one
        raise errors.ConfigError(
            f'{self.spec.name} ({self.spec.split}) has examples without a '
            'label; labels=False leaves all labels out')
      batch['y'] = (to_one_hot(labels, self.spec.classes) if self._one_hot
                    else labels)
    return batch

  def _stored(self, indices):
    """Fitted pictures and labels, from memory where they are kept."""
    if not self._fits:
      return self._raw.read(indices)
    if self._kept is None:
      return self._decode(indices)
    missing = np.unique(indices[~self._have[indices]])
    if len(missing):
      # Two threads may decode one picture; they write the same values.
      images, labels = self._decode(missing)
      self._kept[missing] = images
      if labels is not None:
        self._kept_y[missing] = labels
      self._have[missing] = True
    return self._kept[indices], self._kept_y[indices]

  def _decode(self, indices):
    images, labels = self._raw.read(indices)
    out = np.empty((len(indices), *self._fitted), np.uint8)
    for i, image in enumerate(images):
      if self._raw.white != 255:
        image = np.round(image * (255 / self._raw.white)).astype(np.uint8)
      image = self._transform.fit(image)
      if image.shape != self._fitted:
        raise errors.ConfigError(
            f'{self._raw.name}: images differ in size ({image.shape[0]}x'
            f'{image.shape[1]} and {self._fitted[0]}x{self._fitted[1]}): give '
            'size=' + (' and resize=' if self._transform.size else ''))
      out[i] = image
    if labels is not None:
      labels = np.asarray(labels, np.int32)
    return out, labels
