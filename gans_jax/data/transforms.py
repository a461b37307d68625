"""From decoded pictures to what a network sees.

    window -> resize -> pad   per picture, once          (`Transform.fit`)
    crop -> flip              per batch, may be random   (`Transform.cut`)
    range                     per batch                  (`Transform.scale`)

Pixels stay uint8 up to the last step, which costs a quarter of the memory and
of the copying that float32 would.
"""

import dataclasses

import numpy as np
from PIL import Image

from gans_jax import errors

# PIL filters; all of them widen their support when they shrink (antialias).
FILTERS = {
    'box': Image.Resampling.BOX,
    'bilinear': Image.Resampling.BILINEAR,
    'bicubic': Image.Resampling.BICUBIC,
    'lanczos': Image.Resampling.LANCZOS,
}
CROPS = ('centre', 'random', 'stretch')


def mix(x: np.ndarray) -> np.ndarray:
  """splitmix64's finaliser (Steele et al. 2014): a bijection of uint64."""
  x = x + np.uint64(0x9e3779b97f4a7c15)
  x = (x ^ (x >> np.uint64(30))) * np.uint64(0xbf58476d1ce4e5b9)
  x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94d049bb133111eb)
  return x ^ (x >> np.uint64(31))


def uniform(keys: np.ndarray, stream: int) -> np.ndarray:
  """Uniform [0, 1) float64 numbers [n], one a key; streams are independent."""
  salt = mix(np.array([stream], np.uint64))
  return (mix(keys ^ salt) >> np.uint64(11)) * 2. ** -53


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
  """Labels [n] -> float32 [n, classes]."""
  return np.eye(classes, dtype=np.float32)[labels]


def to_channels(image: np.ndarray, channels: int) -> np.ndarray:
  """uint8 [H, W, 1 or 3] -> [H, W, channels]; grey is ITU-R 601 luma."""
  have = image.shape[-1]
  if have == channels:
    return image
  if have == 1 and channels == 3:
    return np.repeat(image, 3, axis=-1)
  if have == 3 and channels == 1:
    return np.asarray(Image.fromarray(image).convert('L'))[..., None]
  raise errors.ConfigError(
      f'channels={channels}: the images have {have}; only 1 -> 3 and 3 -> 1 '
      'can be converted')


def resize(image: np.ndarray, height: int, width: int,
           resample: str = 'lanczos') -> np.ndarray:
  """uint8 [H, W, C] -> [height, width, C], antialiased; see FILTERS."""
  if image.shape[:2] == (height, width):
    return image
  method = FILTERS[resample]
  if image.shape[-1] == 3:
    return np.asarray(Image.fromarray(image).resize((width, height), method))
  planes = [Image.fromarray(np.ascontiguousarray(image[..., i]))
            for i in range(image.shape[-1])]
  return np.stack(
      [np.asarray(p.resize((width, height), method)) for p in planes], -1)


def centre(image: np.ndarray, height: int, width: int) -> np.ndarray:
  """The middle [height, width] of an image [..., H, W, C]."""
  top = (image.shape[-3] - height) // 2
  left = (image.shape[-2] - width) // 2
  return image[..., top:top + height, left:left + width, :]


def mirror(images: np.ndarray) -> np.ndarray:
  """Images [n, H, W, C] turned left to right.

  One channel at a time: numpy's inner loop then runs over a row in place of
  a pixel's channels, which is six times faster for three of them.
  """
  out = np.empty_like(images)
  for channel in range(images.shape[-1]):
    out[..., channel] = images[:, :, ::-1, channel]
  return out


def pair(size: int | tuple[int, int] | None) -> tuple[int, int] | None:
  """A size given as one side or as (height, width)."""
  if not size:
    return None
  return (size, size) if isinstance(size, int) else tuple(size)


@dataclasses.dataclass(frozen=True)
class Transform:
  """What is done to every picture, in the order of the attributes.

  Attributes:
    channels: 1 or 3; None keeps those of the pictures.
    window: side (or height, width) of a central window cut out before
      anything else: 108 is DCGAN's CelebA, 178 the usual one.
    resize: size the pictures are brought to before the crop; None: `size`.
    size: final height and width; None keeps what the steps before leave.
    resample: one of FILTERS.
    pad: black pixels added on every side.
    crop: 'centre' shrinks or grows the picture until it just covers the
      target, and cuts the middle; 'random' does so too, and then cuts `size`
      at random out of what `resize` and `pad` left; 'stretch' resizes both
      sides and cuts nothing.
    flip: mirror half of the pictures left to right, at random.
    range: values of black and white.
  """

  channels: int | None = None
  window: int | tuple[int, int] | None = None
  resize: int | tuple[int, int] | None = None
  size: int | tuple[int, int] | None = None
  resample: str = 'lanczos'
  pad: int = 0
  crop: str = 'centre'
  flip: bool = False
  range: tuple[float, float] = (-1., 1.)

  def __post_init__(self):
    for kind, value, allowed in (('resample', self.resample, FILTERS),
                                 ('crop', self.crop, CROPS)):
      if value not in allowed:
        errors.unknown(kind, value, allowed)
    if not self.range[0] < self.range[1]:
      raise errors.ConfigError(f'range={self.range} must ascend')
    if self.crop == 'random' and not (self.size and (self.resize or self.pad)):
      raise errors.ConfigError(
          "crop='random' needs size=, and resize= or pad= to leave room: "
          'size=64, resize=72 or size=32, pad=4')

  def fitted(self, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape that `fit` gives a picture of this shape [H, W, C]."""
    sides = (pair(self.resize) or self._before_pad() or pair(self.window)
             or shape[:2])
    channels = self.channels or shape[2]
    return (*(side + 2 * self.pad for side in sides), channels)

  def _before_pad(self) -> tuple[int, int] | None:
    size = pair(self.size)
    if size and self.crop != 'random':  # padding frames the picture
      size = tuple(side - 2 * self.pad for side in size)
      if min(size) < 1:
        raise errors.ConfigError(
            f'pad={self.pad} leaves nothing of size={self.size}')
    return size

  def output(self, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of a finished picture made from one of this shape."""
    fitted = self.fitted(shape)
    size = pair(self.size) or fitted[:2]
    if size[0] > fitted[0] or size[1] > fitted[1]:
      raise errors.ConfigError(
          f'size={self.size} is larger than the {fitted[0]}x{fitted[1]} that '
          'resize and pad leave')
    return (*size, fitted[2])

  def fit(self, image: np.ndarray) -> np.ndarray:
    """Everything up to the crop: uint8 [H, W, C] -> [H', W', C']."""
    height, width, channels = self.fitted(image.shape)
    image = to_channels(image, channels)
    if window := pair(self.window):
      if window[0] > image.shape[0] or window[1] > image.shape[1]:
        raise errors.ConfigError(
            f'window={self.window} is larger than an image of '
            f'{image.shape[0]}x{image.shape[1]}')
      image = centre(image, *window)
    height, width = height - 2 * self.pad, width - 2 * self.pad
    if self.crop != 'stretch':
      scale = max(height / image.shape[0], width / image.shape[1])
      covering = (max(height, round(image.shape[0] * scale)),
                  max(width, round(image.shape[1] * scale)))
      image = centre(resize(image, *covering, self.resample), height, width)
    image = resize(image, height, width, self.resample)
    if self.pad:
      inner, pad = image, self.pad
      image = np.zeros((height + 2 * pad, width + 2 * pad, channels), np.uint8)
      image[pad:-pad, pad:-pad] = inner
    return image

  def cut(self, images: np.ndarray, keys: np.ndarray | None) -> np.ndarray:
    """Crop and flip: uint8 [n, H', W', C] -> [n, H, W, C].

    With keys None the crop is the central one and nothing is flipped.
    """
    height, width, _ = self.output(images.shape[1:])
    room = np.array(images.shape[1:3]) - (height, width)
    if self.crop == 'random' and keys is not None and room.any():
      top = (uniform(keys, 1) * (room[0] + 1)).astype(int)
      left = (uniform(keys, 2) * (room[1] + 1)).astype(int)
      whole = images
      images = np.empty((len(whole), height, width, whole.shape[3]), np.uint8)
      for i, (t, l) in enumerate(np.stack([top, left], 1).tolist()):
        images[i] = whole[i, t:t + height, l:l + width]
    elif room.any():
      images = centre(images, height, width)
    if self.flip and keys is not None:
      rows = np.flatnonzero(uniform(keys, 3) < .5)
      images = images.copy()
      images[rows] = mirror(images[rows])
    return images

  def scale(self, images: np.ndarray, white: int = 255) -> np.ndarray:
    """Whole numbers 0..white -> float32 in `range`."""
    low, high = self.range
    out = np.multiply(images, np.float32((high - low) / white),
                      dtype=np.float32)
    if low:
      out += np.float32(low)
    return out
