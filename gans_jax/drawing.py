"""Draws samples of every kind of data as those who use it do.

Points and pictures are `images.picture`'s. Here are jet images and showers,
energies on a logarithmic scale of colours with white for nothing, and sequences
as a logo above their letters.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gans_jax import errors, images
from gans_jax.data.spec import Spec

DECADES = 4.      # of energies that have colours of their own
ENLARGED = 3      # pixels of a side of a jet's pixel
SIDE = 96         # pixels of a side of a calorimeter's layer
# Bases as sequence logos have them (Schneider and Stephens 1990).
LETTERS = dict(A='#2a9d3a', C='#2457c5', G='#e8a317', T='#d1342c', U='#d1342c')
OTHER = '#777777'


def draw(samples: Mapping[str, Any], spec: Spec, columns: int | None = None
         ) -> np.ndarray:
  """A picture of samples.

  Args:
    samples: arrays [N, ...] by key, as a game makes them.
    spec: of the data, whose `kind` is of KINDS, or ''.
    columns: of a grid; of those of KINDS, what their number is a multiple of.

  Returns:
    uint8 [*, *, 3].

  Raises:
    ConfigError: an unknown kind, or samples that no picture is known for.
  """
  if spec.kind:
    return errors.choose('kind of data', spec.kind, KINDS)(
        samples, spec, columns)
  return images.picture(
      samples['x'], spec.range, columns, spec.centres or None)


def colours(x: Any, most: float) -> np.ndarray:
  """Energies as colours: uint8 [..., 3] of [...].

  Of `most` and above the last colour; of DECADES less, or of anything above 0,
  the first; of 0 white.

  Args:
    x: never negative.
    most: above 0.
  """
  from matplotlib import colormaps    # takes .5 s to import
  x = np.nan_to_num(np.asarray(x, np.float64))
  with np.errstate(divide='ignore', invalid='ignore'):
    level = 1 + np.log10(x / most) / DECADES
  out = np.asarray(colormaps['viridis'](np.clip(level, 0, 1)))[..., :3]
  return np.where((x > 0)[..., None], np.rint(255 * out), 255).astype(np.uint8)


def jets(samples: Mapping[str, Any], spec: Spec, columns: int | None = None
         ) -> np.ndarray:
  """A grid of jet images, [N, H, W, 1]."""
  x = colours(np.asarray(samples['x'])[..., 0], spec.range[1])
  return images.grid(_framed(x.repeat(ENLARGED, 1).repeat(ENLARGED, 2)),
                     columns=_columns(len(x), columns), padding=4)


def showers(samples: Mapping[str, Any], spec: Spec, columns: int | None = None
            ) -> np.ndarray:
  """A grid of showers: layers from the first to the last, side by side.

  All cover one square, so cells of coarse layers are large.
  """
  names = sorted(k for k in samples if k.startswith('layer'))
  parts = []
  for name in names:
    x = colours(samples[name], spec.range[1])
    rows, cells = (np.arange(SIDE) * n // SIDE for n in x.shape[1:3])
    parts.append(_framed(x[:, rows][:, :, cells]))
  x = np.concatenate(parts, 2)
  # A shower is as many times wider than it is high.
  return images.grid(
      x, columns=_columns(len(x) / len(names), columns), padding=8)


def sequences(samples: Mapping[str, Any], spec: Spec,
              columns: int | None = None, rows: int = 40) -> np.ndarray:
  """A logo of all sequences, and the first `rows` of them by letter.

  In the logo a place is as high as its information, log2 V - H bits, and each
  letter has its share of that, the likeliest on top (Schneider and Stephens
  1990). Below a letter is as faint as it is unlikely.
  """
  del columns
  from matplotlib.patches import PathPatch
  from matplotlib.ticker import MaxNLocator
  from matplotlib.transforms import Affine2D
  x = np.asarray(samples['x'], np.float64)
  n, length, size = x.shape
  shown = x[:rows]
  figure, (top, below) = images.figure(
      (max(4., .32 * length), 2.2 + .17 * len(shown)), (2., .17 * len(shown)))
  share = x.mean(0)
  bits = np.log2(size) + np.sum(share * np.log2(np.maximum(share, 1e-12)), -1)
  shapes = {c: _outline(c) for c in spec.alphabet}
  for i in range(length):
    base = 0.
    for j in np.argsort(share[i], kind='stable'):
      height = bits[i] * share[i, j]
      if height > 1e-3:
        top.add_patch(PathPatch(
            shapes[spec.alphabet[j]], lw=0, fc=_colour(spec.alphabet[j]),
            transform=Affine2D().scale(.94, height).translate(
                i - .47, base) + top.transData))
      base += height
  top.set(xlim=(-.5, length - .5), ylim=(0, np.log2(size)), ylabel='bits',
          xticks=[])
  for k, row in enumerate(shown):
    for i, j in enumerate(row.argmax(-1)):
      below.text(i, k, spec.alphabet[j], ha='center', va='center', fontsize=8,
                 family='monospace', color=_colour(spec.alphabet[j]),
                 alpha=float(np.clip(row[i, j], .15, 1)))
  below.set(xlim=(-.5, length - .5), ylim=(len(shown) - .5, -.5), yticks=[])
  below.xaxis.set_major_locator(MaxNLocator(integer=True))
  below.tick_params(labelsize=7)
  top.set_title(f'{n} sequences' + (
      f', the first {len(shown)} below' if n > len(shown) else ''), fontsize=8)
  return images.rendered(figure)


def vectors(samples: Mapping[str, Any], spec: Spec,
            columns: int | None = None) -> np.ndarray:
  """The first two coordinates of vectors [N, D], as points of the plane."""
  del columns
  return images.scatter(
      np.asarray(samples['x'])[:, :2],
      np.asarray(spec.centres)[:, :2] if spec.centres else None)


def series(samples: Mapping[str, Any], spec: Spec, columns: int | None = None,
           rows: int = 40) -> np.ndarray:
  """Series [N, T, 2] in the plane, a colour each; the first `rows` of them."""
  del spec, columns
  x = np.asarray(samples['x'])[:rows]
  return images.scatter(
      x.reshape(-1, 2), groups=np.repeat(np.arange(len(x)), x.shape[1]))


def _columns(n: float, columns: int | None) -> int:
  """About the root of n, and a multiple of `columns`.

  Samples of K classes come in turn, so each column is of one class.
  """
  columns = columns or 1
  return columns * max(1, round(math.sqrt(n) / columns))


def _framed(x: np.ndarray) -> np.ndarray:
  """With a grey pixel around each of [N, H, W, 3]: white ends somewhere."""
  return np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=190)


def _colour(letter: str) -> str:
  return LETTERS.get(letter, OTHER)


def _outline(letter: str):
  """The path of a letter, in the unit square."""
  from matplotlib.path import Path
  from matplotlib.textpath import TextPath
  path = TextPath((0, 0), letter, size=1)
  corners = path.get_extents()
  at = (path.vertices - corners.min) / np.maximum(
      corners.max - corners.min, 1e-9)
  return Path(at, path.codes)


def domains(samples: Mapping[str, Any], spec: Spec, columns: int | None = None
            ) -> np.ndarray:
  """A grid of pairs [N, H, W, C]: a, and to its right b."""
  pairs = np.stack([samples['a'], samples['b']], 1)
  columns = columns or math.ceil(math.sqrt(len(pairs) / 2))
  return images.grid(pairs.reshape(-1, *pairs.shape[2:]), spec.range,
                     2 * columns)


# (samples, spec, columns) -> uint8 picture, by `Spec.kind`.
KINDS: Mapping[str, Callable[..., np.ndarray]] = dict(
    domains=domains, jets=jets, sequences=sequences, series=series,
    showers=showers, vectors=vectors)
