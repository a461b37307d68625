"""Pictures of what a generator makes: arrays in, uint8 RGB arrays out."""

import io
import math
import pathlib
from typing import Any

import numpy as np

from gans_jax import errors, files

BACKGROUND = 255  # between the pictures of a grid
FAKE, REAL, CENTRE = '#d1495b', '#9fb4c7', '#1d3557'


def to_uint8(x: Any, range: tuple[float, float] = (-1., 1.)) -> np.ndarray:
  """Maps `range` linearly to 0..255, rounds and clips; uint8 passes as it is.

  Args:
    x: array of any shape.
    range: the values shown as black and as full white; nan is shown as black.
  """
  x = np.asarray(x)
  if x.dtype == np.uint8:
    return x
  low, high = range
  if not high > low:
    raise errors.ConfigError(f'range {range} is empty: give (low, high)')
  x = (x.astype(np.float64) - low) / (high - low)
  return np.rint(255 * np.nan_to_num(np.clip(x, 0, 1))).astype(np.uint8)


def grid(x: Any, range: tuple[float, float] = (-1., 1.),
         columns: int | None = None, padding: int = 2) -> np.ndarray:
  """Lays pictures out in rows, left to right and top to bottom.

  Args:
    x: `[N, H, W, C]` of 1 (grey) or 3 channels, values in `range` or uint8.
    range: the values shown as black and as full white.
    columns: pictures in a row; by default the grid is about square.
    padding: white pixels between the pictures.

  Returns:
    uint8 `[R H + (R - 1) padding, columns W + (columns - 1) padding, 3]`,
    R = ceil(N / columns); places without a picture are white.
  """
  x = np.asarray(x)
  if x.ndim != 4 or x.shape[-1] not in (1, 3) or not x.shape[0]:
    raise errors.ConfigError(
        'a grid is made of pictures [N, H, W, 1 or 3] with N > 0, got shape '
        f'{list(x.shape)}')
  n, h, w, c = x.shape
  columns = math.ceil(math.sqrt(n)) if columns is None else columns
  if columns < 1:
    raise errors.ConfigError(f'a grid needs 1 column or more, not {columns}')
  rows = -(-n // columns)
  cells = np.full(
      (rows * columns, h + padding, w + padding, c), BACKGROUND, np.uint8)
  cells[:n, :h, :w] = to_uint8(x, range)
  out = cells.reshape(rows, columns, h + padding, w + padding, c)
  out = out.swapaxes(1, 2).reshape(
      rows * (h + padding), columns * (w + padding), c)
  out = out[:rows * (h + padding) - padding, :columns * (w + padding) - padding]
  return np.ascontiguousarray(np.broadcast_to(out, (*out.shape[:2], 3)))


def scatter(points: Any, centres: Any = None, real: Any = None,
            pixels: int = 480, groups: Any = None) -> np.ndarray:
  """Draws points of the plane over real ones and the centres of a mixture.

  The axes are set by the real points and the centres, where given, so that the
  pictures of a run can be compared; the title counts the points that fall
  outside or are not finite.

  Args:
    points: `[N, 2]`.
    centres: `[K, 2]` or None; drawn as crosses.
    real: `[M, 2]` or None; drawn in grey beneath.
    pixels: side of the picture.
    groups: `[N]` whole, or None: points of one group have one colour.

  Returns:
    uint8 `[pixels, pixels, 3]`.
  """
  points = _points(points, 2)
  centres = None if centres is None or not len(centres) else _points(centres, 2)
  real = None if real is None else _points(real, 2)
  figure, axes = _figure(pixels)
  frame = [a for a in (centres, real) if a is not None] or [points]
  (x0, x1), (y0, y1) = _square(np.concatenate(frame))
  if real is not None:
    axes.scatter(*real.T, s=4, c=REAL, linewidths=0, label='real')
  colours = dict(c=FAKE) if groups is None else dict(c=groups, cmap='turbo')
  axes.scatter(*points.T, s=4, linewidths=0, alpha=.6, label='generated',
               **colours)
  if centres is not None:
    axes.scatter(*centres.T, s=36, c=CENTRE, marker='+', linewidths=1,
                 label='centre')
  axes.set(xlim=(x0, x1), ylim=(y0, y1), aspect='equal')
  inside = ((points >= (x0, y0)) & (points <= (x1, y1))).all(1).sum()
  return _render(figure, axes, len(points) - inside)


def histogram(points: Any, real: Any = None, pixels: int = 480) -> np.ndarray:
  """Draws densities of points of the line, `[N, 1]`; see `scatter`."""
  points = _points(points, 1)
  real = None if real is None else _points(real, 1)
  figure, axes = _figure(pixels)
  (x0, x1), _ = _square(points if real is None else real)
  bins = np.linspace(x0, x1, 61)
  inside = points[(points >= x0) & (points <= x1)]
  shown = [(inside, FAKE, 'generated')]
  if real is not None:
    shown.insert(0, (real[:, 0], REAL, 'real'))
  for values, colour, label in shown:
    if len(values):
      axes.hist(values, bins, density=True, color=colour, alpha=.6, label=label)
  axes.set(xlim=(x0, x1), ylabel='density')
  return _render(figure, axes, len(points) - len(inside))


def picture(x: Any, range: tuple[float, float] = (-1., 1.),
            columns: int | None = None, centres: Any = None,
            real: Any = None) -> np.ndarray:
  """The picture that suits the shape of `x`: grid, scatter or histogram.

  Args:
    x: `[N, H, W, 1 or 3]`, `[N, 2]` or `[N, 1]`.
    range: of pictures, see `grid`.
    columns: of a grid.
    centres: of a mixture, see `scatter`.
    real: real points, not used for pictures.

  Raises:
    ConfigError: x is of another kind, such as audio or voxels.
  """
  shape = np.shape(x)
  if len(shape) == 4 and shape[-1] in (1, 3):
    return grid(x, range, columns)
  if len(shape) == 2 and shape[-1] == 2:
    return scatter(x, centres, real)
  if len(shape) == 2 and shape[-1] == 1:
    return histogram(x, real)
  raise errors.ConfigError(
      f'no picture is known for data of shape {list(shape)}: it can be '
      '[N, H, W, 1 or 3] (pictures) or [N, 1 or 2] (points)')


def encode_png(array: Any) -> bytes:
  """A PNG of uint8 `[H, W]`, `[H, W, 1]` (grey) or `[H, W, 3]` (RGB)."""
  from PIL import Image  # here: eval of points alone needs no PIL
  array = np.asarray(array)
  if array.ndim == 3 and array.shape[-1] == 1:
    array = array[..., 0]
  rgb = array.ndim == 3 and array.shape[-1] == 3
  if array.dtype != np.uint8 or not (array.ndim == 2 or rgb) or not array.size:
    raise errors.ConfigError(
        'a PNG is written from uint8 [H, W], [H, W, 1] or [H, W, 3], got '
        f'{array.dtype} {list(array.shape)}; images.grid and images.to_uint8 '
        'make one')
  out = io.BytesIO()
  Image.fromarray(array).save(out, 'PNG', optimize=True)
  return out.getvalue()


def save_png(path: files.PathLike, array: Any) -> pathlib.Path:
  """Writes `encode_png(array)`; the file is whole or is not there."""
  return files.write_atomic(path, encode_png(array))


def _points(x: Any, width: int) -> np.ndarray:
  x = np.asarray(x, np.float64)
  if x.ndim != 2 or x.shape[1] != width or not len(x):
    raise errors.ConfigError(
        f'points are [N, {width}] with N > 0, got shape {list(x.shape)}')
  return x


def _square(x: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
  """Limits of a square around finite points `[N, 1 or 2]`, with a margin."""
  x = x[np.isfinite(x).all(1)]
  if not len(x):
    return (-1., 1.), (-1., 1.)
  low, high = x.min(0), x.max(0)
  middle = (low + high) / 2
  half = .625 * max((high - low).max(), 1e-3)
  return ((middle[0] - half, middle[0] + half),
          (middle[-1] - half, middle[-1] + half))


def _figure(pixels: int):
  # matplotlib takes .5 s to import, and pyplot would hold global state.
  from matplotlib.backends import backend_agg
  from matplotlib.figure import Figure
  figure = Figure(figsize=(pixels / 100, pixels / 100), dpi=100)
  backend_agg.FigureCanvasAgg(figure)
  # A fixed place: the pictures of a run can be laid over each other.
  axes = figure.add_axes((.12, .08, .85, .85))
  axes.tick_params(labelsize=8)
  axes.spines[['top', 'right']].set_visible(False)
  return figure, axes


def _render(figure, axes, outside: int) -> np.ndarray:
  if outside:
    axes.set_title(f'{outside} points outside the picture', fontsize=8)
  axes.legend(loc='upper right', fontsize=8, framealpha=.8, markerscale=1.5)
  return rendered(figure)


def figure(size: tuple[float, float], heights: tuple[float, ...]):
  """A figure of `size` inches, and its axes, one below another."""
  from matplotlib.backends import backend_agg
  from matplotlib.figure import Figure
  made = Figure(figsize=size, dpi=100, layout='constrained')
  backend_agg.FigureCanvasAgg(made)
  return made, made.subplots(
      len(heights), gridspec_kw=dict(height_ratios=heights))


def rendered(figure) -> np.ndarray:
  """uint8 [H, W, 3] of a figure."""
  figure.canvas.draw()
  return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
