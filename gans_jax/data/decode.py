"""Decoding of picture files, the same for a folder and for tfds."""

import io
import os

import numpy as np
from PIL import Image, ImageOps

from gans_jax import errors

MOST_PIXELS = 2 ** 26    # of one picture: a header may claim anything


def decode(file: str | os.PathLike | bytes, name: str = '') -> np.ndarray:
  """Decodes a picture to uint8 [H, W, C]: C is 1 for grey ones, else 3.

  Transparent pictures are laid over white, 16-bit grey keeps its upper byte,
  and a photo is turned the way its EXIF tag says.

  Args:
    file: a path, or the bytes of a file.
    name: what an error calls it; the path by default.

  Raises:
    ConfigError: it is no picture, a truncated or damaged one, or one that
      claims more than MOST_PIXELS.
  """
  stream = io.BytesIO(file) if isinstance(file, bytes) else file
  try:
    with Image.open(stream) as image:
      bounded(image)
      # Only photos are turned; asking costs more than decoding a small PNG.
      if image.format in ('JPEG', 'MPO', 'TIFF', 'WEBP'):
        image = ImageOps.exif_transpose(image)
      return _pixels(image)
  except Exception as error:  # each of PIL's decoders has failures of its own
    raise errors.ConfigError(
        f'cannot read image {name or file}: {error}') from error


def bounded(image: Image.Image) -> None:
  """Raises ValueError if an opened picture claims more than MOST_PIXELS."""
  if image.width * image.height > MOST_PIXELS:
    raise ValueError(f'it claims {image.width} x {image.height} pixels, more '
                     f'than {MOST_PIXELS:,}')


def _pixels(image):
  if image.mode.startswith('I;16'):
    return (np.asarray(image).astype(np.uint16) >> 8).astype(
        np.uint8)[..., None]
  if image.mode in ('1', 'L'):
    image = image if image.mode == 'L' else image.convert('L')
    return np.asarray(image)[..., None]
  if 'A' in image.mode or 'transparency' in image.info:
    image = image.convert('RGBA')
    white = Image.new('RGBA', image.size, (255,) * 4)
    image = Image.alpha_composite(white, image)
  return np.asarray(image.convert('RGB'))
