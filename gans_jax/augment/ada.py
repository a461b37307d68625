"""The augmentation pipe of ADA.

Karras, Aittala, Hellsten, Laine, Lehtinen, Aila. "Training generative
adversarial networks with limited data". NeurIPS 2020 (arXiv:2006.06676),
appendix B; ranges and order are those of the authors' code.

Eighteen transforms in a fixed order, each of which happens to a picture by
itself with probability p times its multiplier: flips, rotations by quarters,
translations; general geometry; colours; four frequency bands; noise, cutout.
D sees real and generated pictures through the pipe in every pass, and as long
as p is below about .8 what it learns of them does not leak to G.

    pipe = ada.make('bgc')            # a view of families.two_player
    y = pipe(key, x, p)               # p: a number, or a traced scalar

With p = 0 pictures come back bit for bit. All is differentiable in x, to any
order, and jit-able: shapes hang on nothing that is drawn.

Departures: pictures which only flips, quarters and whole pixels move are copied
pixel by pixel, where the code resamples them too; borders are mirrored without
end, where the code mirrors once and fills with grey beyond.
"""

import dataclasses
from collections.abc import Mapping

import jax

from gans_jax import errors
from gans_jax.augment import ada_colour, ada_filter, ada_geometry

Array = jax.Array

CATEGORIES: Mapping[str, tuple[str, ...]] = dict(
    blit=('xflip', 'rotate90', 'xint'),
    geom=('scale', 'rotate', 'aniso', 'xfrac'),
    color=('brightness', 'contrast', 'lumaflip', 'hue', 'saturation'),
    filter=('band1', 'band2', 'band3', 'band4'),
    noise=('noise',),
    cutout=('cutout',),
)
NAMES = tuple(name for names in CATEGORIES.values() for name in names)
# What the authors' --augpipe offers.
PRESETS: Mapping[str, tuple[str, ...]] = dict(
    none=(), blit=('blit',), geom=('geom',), color=('color',),
    filter=('filter',), noise=('noise',), cutout=('cutout',),
    bg=('blit', 'geom'), bgc=('blit', 'geom', 'color'),
    bgcf=('blit', 'geom', 'color', 'filter'),
    bgcfn=('blit', 'geom', 'color', 'filter', 'noise'),
    bgcfnc=tuple(CATEGORIES),
)


@dataclasses.dataclass(frozen=True, eq=False)
class Pipe:
  """Pictures as D sees them.

  Attributes:
    multipliers: of p, by name of NAMES; a transform that is not there never
      happens.
  """

  multipliers: Mapping[str, float]

  def draw(self, key: Array, shape: tuple[int, ...], p: float | Array = 1.
           ) -> dict[str, Array]:
    """What happens to each of `shape` = (B, H, W, C) pictures, by transform.

    The identity's value where a transform does not happen.
    """
    drawn = {}
    for part in (ada_geometry, ada_colour, ada_filter):
      drawn |= part.draw(
          {name: jax.random.fold_in(key, NAMES.index(name))
           for name in self.multipliers},
          shape, {name: p * m for name, m in self.multipliers.items()})
    return drawn

  def __call__(self, key: Array, x: Array, p: float | Array = 1.) -> Array:
    """[B, H, W, C] -> the same, of grey or RGB pictures in [-1, 1].

    Nothing is clipped: colours may leave the range.

    Args:
      key: of all that is drawn.
      x: pictures.
      p: probability of every transform, times its multiplier.

    Raises:
      errors.ConfigError: other than 1 or 3 channels, or no pictures.
    """
    check(x.shape)
    drawn = self.draw(key, x.shape, p)
    for part in (ada_geometry, ada_colour, ada_filter):
      x = part.apply(x, drawn)
    return x


def make(pipe: str = 'none', *, blit: float = 0., geom: float = 0.,
         color: float = 0., filter: float = 0., noise: float = 0.,
         cutout: float = 0., transforms: Mapping[str, float] | None = None
         ) -> Pipe:
  """A pipe by what it does.

  Args:
    pipe: of PRESETS: the categories whose multiplier is 1. The paper's is
      'bgc'.
    blit: another multiplier of a category, if not 0: flips, quarters, whole
      pixels.
    geom: scaling, rotation, stretching, translation.
    color: brightness, contrast, luma flip, hue, saturation.
    filter: of frequency bands.
    noise: of each pixel.
    cutout: of a rectangle.
    transforms: multipliers of single transforms, by name of NAMES, which
      replace those of their categories; 0 leaves one out.

  Returns:
    A view of `two_player`.

  Raises:
    errors.ConfigError: unknown names, or a multiplier below 0.
  """
  given = dict(blit=blit, geom=geom, color=color, filter=filter, noise=noise,
               cutout=cutout)
  on = errors.choose('augmentation pipe', pipe, PRESETS)
  multipliers = {
      name: float(given[category] or category in on)
      for category, names in CATEGORIES.items() for name in names}
  for name, value in (transforms or {}).items():
    errors.choose('transform', name, multipliers)
    multipliers[name] = float(value)
  if min(multipliers.values()) < 0:
    raise errors.ConfigError(
        f'multipliers of probabilities are 0 or more: {multipliers}')
  return Pipe({k: v for k, v in multipliers.items() if v})


def check(shape: tuple[int, ...]) -> None:
  """Raises ConfigError if `shape` isn't [B, H, W, 1 or 3]."""
  if len(shape) != 4 or shape[-1] not in (1, 3):
    raise errors.ConfigError(
        "ADA's augmentations are of grey or RGB pictures [B, H, W, 1 or 3], "
        f'not of {list(shape)}: leave them out, or choose other data')
