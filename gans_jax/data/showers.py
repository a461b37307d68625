"""Showers in a calorimeter of three layers: what CaloGAN makes.

Deposits in GeV by cell, `layer0` [3, 96], `layer1` [12, 12] and `layer2`
[12, 6], and the energy of the particle, `energy`, in GeV. All layers cover one
square, 480 mm wide; rows are azimuth, columns pseudorapidity. There is no key
x: layers are apart, since their cells are of different sizes.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from gans_jax import errors
from gans_jax.data import stored, synthetic
from gans_jax.data.sources import Arrays
from gans_jax.data.spec import Spec

SHAPES = dict(layer0=(3, 96), layer1=(12, 12), layer2=(12, 6))
SIDE = 480.                 # mm
PARTICLES = ('electron', 'pion')
# Of the toy, by particle: shares of the layers at 10 GeV, what a factor of e in
# energy adds to their logarithms, and widths in mm.
SHARES = np.log([[.25, .65, .10], [.15, .55, .30]])
DEEPER = np.array([-.15, 0., .15])
WIDTHS = np.array([[15., 22., 30.], [25., 45., 60.]])
LEAST = 2e-3                # of a layer's energy, in a cell; less is 0


def showers(split: str = 'train', n: int = 20_000, seed: int = 0,
            low: float = 1., high: float = 100., labels: bool = False
            ) -> Arrays:
  """Toy showers: Gaussian blobs that fluctuate, of a known energy.

  E is uniform in [low, high] GeV; all of it but a percent or so is deposited.
  Its shares by layer are those of SHARES, deeper with log E, and vary by a
  tenth. A blob lies within 20 mm of the middle, the same in all layers; cells
  vary like a gamma of shape 4, and those with less than LEAST are 0.

  Args:
    split: 'train' or 'test'.
    n: showers.
    seed: of the draw.
    low: least energy.
    high: greatest energy.
    labels: two kinds of particles, y; without, all are electrons.

  Raises:
    ConfigError: an argument makes no sense.
  """
  rng = synthetic.draws('showers', split, n, seed)
  if not 0 < low <= high:
    raise errors.ConfigError(
        f'showers: energies from low={low} to high={high} GeV are above 0')
  kind = rng.integers(2, size=n) if labels else np.zeros(n, int)
  energy = rng.uniform(low, high, n)
  shares = np.exp(SHARES[kind] + DEEPER * np.log(energy / 10)[:, None]
                  + .1 * rng.normal(size=(n, 3)))
  shares *= (energy * rng.normal(1, .01, n) / shares.sum(1))[:, None]
  centre = np.clip(rng.normal(0, 8, (n, 2)), -20, 20)
  found = dict(energy=energy)
  for i, (name, shape) in enumerate(SHAPES.items()):
    rows, columns = (_masses(size, centre[:, axis], WIDTHS[kind, i])
                     for axis, size in enumerate(shape))
    x = rows[:, :, None] * columns[:, None] * rng.gamma(4, .25, (n, *shape))
    x /= x.sum((1, 2), keepdims=True)
    x[x < LEAST] = 0
    found[name] = x * (shares[:, i] / x.sum((1, 2)))[:, None, None]
  return source(found, kind if labels else None, PARTICLES if labels else (),
                'showers', split)


def calogan(path: str | Sequence[str] | Mapping[str, str],
            split: str = 'train', holdout: float = .1) -> Arrays:
  """Published showers, a file for each kind of particle.

  Paganini, de Oliveira and Nachman 2017 (arXiv:1705.02355): 'eplus.hdf5',
  'gamma.hdf5' and 'piplus.hdf5', Mendeley Data pvn3xc3wy5. A file has
  `layer_0`, `layer_1` and `layer_2` in MeV, and `energy` in GeV; see
  `stored.load` for its kinds.

  Args:
    path: of one file, or of several: a list, or by the names of their classes.
      Without names, the classes are called as the files.
    split: 'train' or 'test'.
    holdout: share of each file that makes 'test'.

  Raises:
    ConfigError: see `stored.load`; or layers of other shapes.
  """
  if isinstance(path, str):
    path = [path]
  files = path if isinstance(path, Mapping) else {
      str(p).rsplit('/', 1)[-1].split('.')[0]: p for p in path}
  parts: dict[str, list[np.ndarray]] = {}
  for name, where in files.items():
    found = stored.load(where, [*(f'layer_{i}' for i in range(3)), 'energy'])
    rows = stored.part(len(found['energy']), split, holdout, name)
    for i, key in enumerate(SHAPES):
      parts.setdefault(key, []).append(found[f'layer_{i}'][rows] / 1000)
    parts.setdefault('energy', []).append(found['energy'][rows].reshape(-1))
  y = np.repeat(np.arange(len(files)), [len(e) for e in parts['energy']])
  several = len(files) > 1
  return source({k: np.concatenate(v) for k, v in parts.items()},
                y if several else None, tuple(files) if several else (),
                'calogan', split)


def source(found: Mapping[str, np.ndarray], y: np.ndarray | None,
           class_names: Sequence[str], name: str, split: str) -> Arrays:
  """A source over layers and energies.

  Raises:
    ConfigError: shapes other than SHAPES.
  """
  made = {k: np.asarray(found[k], np.float32) for k in (*SHAPES, 'energy')}
  for key, shape in SHAPES.items():
    if made[key].shape[1:] != shape:
      raise errors.ConfigError(
          f'{name}: {key} is {list(made[key].shape[1:])} and not '
          f'{list(shape)}')
  if y is not None:
    made['y'] = np.asarray(y, np.int32)
  return Arrays(Spec(
      name=name, split=split, size=len(made['energy']),
      shapes={k: v.shape[1:] for k, v in made.items()},
      dtypes={k: str(v.dtype) for k, v in made.items()},
      classes=len(class_names), class_names=tuple(class_names),
      range=(0., float(max(made[k].max() for k in SHAPES))), kind='showers'),
      made)


def _masses(size: int, centre: np.ndarray, width: np.ndarray) -> np.ndarray:
  """Shares [N, size] of a Gaussian in `size` cells across SIDE."""
  from scipy import special    # other data needs none
  edges = np.linspace(-SIDE / 2, SIDE / 2, size + 1)
  at = (edges - centre[:, None]) / (math.sqrt(2) * width[:, None])
  return np.diff(special.erf(at), axis=1) / 2
