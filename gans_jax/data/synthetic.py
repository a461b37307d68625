"""Distributions that are known: mixtures to count modes on, and bits.

Two protocols are in use. Ours has the wider modes; the papers' (`_p`) is that
of PacGAN (Lin et al. 2018) and ALI (Dumoulin et al. 2017).
"""

import itertools
import math

import numpy as np

from gans_jax import errors
from gans_jax.data.sources import Arrays, arrays


def ring3(split: str = 'train', n: int = 100_000, seed: int = 0,
          labels: bool = False) -> Arrays:
  """Three modes of std .1 on a circle of radius 2; x is [2], y the mode."""
  return _mixture('ring3', _ring(3, 2.), .1, split, n, seed, labels)


def ring8(split: str = 'train', n: int = 100_000, seed: int = 0,
          labels: bool = False) -> Arrays:
  """Eight modes of std .1 on a circle of radius 2; x is [2], y the mode."""
  return _mixture('ring8', _ring(8, 2.), .1, split, n, seed, labels)


def ring8_p(split: str = 'train', n: int = 100_000, seed: int = 0,
            labels: bool = False) -> Arrays:
  """Eight modes of std .01 on the unit circle, as in PacGAN."""
  return _mixture('ring8_p', _ring(8, 1.), .01, split, n, seed, labels)


def grid25(split: str = 'train', n: int = 100_000, seed: int = 0,
           labels: bool = False) -> Arrays:
  """25 modes of std .1 at {-4, -2, 0, 2, 4}^2."""
  return _mixture('grid25', _grid(), .1, split, n, seed, labels)


def grid25_p(split: str = 'train', n: int = 100_000, seed: int = 0,
             labels: bool = False) -> Arrays:
  """25 modes of std .05 at {-4, -2, 0, 2, 4}^2, as in ALI and PacGAN."""
  return _mixture('grid25_p', _grid(), .05, split, n, seed, labels)


def gauss1(split: str = 'train', n: int = 100_000, seed: int = 0,
           labels: bool = False) -> Arrays:
  """The standard normal on the line, x is [1]: losses have closed forms."""
  return _mixture('gauss1', [(0.,)], 1., split, n, seed, labels)


def mixture1(split: str = 'train', n: int = 100_000, seed: int = 0) -> Arrays:
  """.67 N(-1, .6^2) + .33 N(1, .5^2) on the line, x is [1].

  What one Gaussian is fitted to, by one divergence or another: Minka 2005,
  figure 1; Nowozin et al. 2016 (arXiv:1606.00709), section 2.5.
  """
  rng = draws('mixture1', split, n, seed)
  right = rng.random(n) < .33
  x = np.where(right, 1., -1.) + np.where(right, .5, .6) * rng.normal(size=n)
  return arrays(x[:, None], name='mixture1', split=split, range=(-4., 4.))


def moons(split: str = 'train', n: int = 100_000, seed: int = 0,
          labels: bool = False) -> Arrays:
  """Two half circles that reach into each other; x is [2], y which one.

  (cos t, sin t) and (1 - cos t, 1/2 - sin t), t uniform in [0, pi], plus noise
  of std .1, about their common middle. The semi-supervised toy: a few labels
  tell the moons' names, and their shapes must be learnt from the rest.
  """
  rng = draws('moons', split, n, seed)
  y, t = rng.integers(2, size=n), rng.uniform(0, math.pi, n)
  x = np.stack([np.where(y, 1 - np.cos(t), np.cos(t)) - .5,
                np.where(y, .5 - np.sin(t), np.sin(t)) - .25], -1)
  return arrays(x + .1 * rng.normal(size=(n, 2)), y if labels else None,
                name='moons', split=split, classes=2 if labels else 0,
                range=(-2., 2.))


def bits2x2(split: str = 'train', n: int = 100_000, seed: int = 0) -> Arrays:
  """Pictures of 2x2 bits, 0 or 1, from one random distribution of the 16.

  Hjelm et al. 2018's kind of data on the smallest scale: a distribution whose
  every probability can be counted. Its weights are uniform draws, normalised,
  the same for every `seed` and `split`.
  """
  rng = draws('bits2x2', split, n, seed)
  weights = np.random.default_rng(0).random(16)
  cell = rng.choice(16, n, p=weights / weights.sum())
  x = cell[:, None] >> np.arange(4) & 1
  return arrays(x.reshape(-1, 2, 2, 1).astype(np.float32), name='bits2x2',
                split=split, range=(0., 1.))


def scattered(split: str = 'train', n: int = 64_000, seed: int = 0,
              labels: bool = False, modes: int = 3, reach: float = 15.,
              place: int = 0) -> Arrays:
  """Modes anywhere in a square; x is [2], y the mode.

  The toy of AdaGAN's code (Tolstikhin et al. 2017): centres uniform in
  [-reach, reach]^2, all of one variance, reach over 3 to 20 for few modes and
  over 3 modes^2 for six or more. `place` is the draw of the centres.
  """
  if modes < 1 or place < 0 or reach <= 0:
    raise errors.ConfigError(f'scattered: modes={modes} must be > 0, place='
                             f'{place} >= 0 and reach={reach} > 0')
  narrow = {1: 3, 2: 3, 3: 8, 4: 20, 5: 10}.get(modes, 3 * modes ** 2)
  centres = np.random.default_rng(place).uniform(-reach, reach, (modes, 2))
  return _mixture('scattered', centres, math.sqrt(reach / narrow), split, n,
                  seed, labels)


def _ring(modes, radius):
  angles = [2 * math.pi * i / modes for i in range(modes)]
  return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]


def _grid():
  return list(itertools.product((-4., -2., 0., 2., 4.), repeat=2))


def _mixture(name, centres, std, split, n, seed, labels):
  """n points drawn with equal weight."""
  rng = draws(name, split, n, seed)
  centres = np.array(centres)
  mode = rng.integers(len(centres), size=n)
  x = centres[mode] + std * rng.normal(size=(n, centres.shape[1]))
  reach = float(np.abs(centres).max() + 5 * std)
  return arrays(
      x, mode if labels else None, name=name, split=split,
      classes=len(centres) if labels else 0, range=(-reach, reach),
      centres=centres, std=std)


def draws(name: str, split: str, n: int, seed: int) -> np.random.Generator:
  """Random numbers for n points; every (seed, split) is its own draw."""
  if n < 1 or seed < 0:
    raise errors.ConfigError(f'{name}: n={n} must be > 0, seed={seed} >= 0')
  splits = ('train', 'test')
  if split not in splits:
    errors.unknown(f'split of {name}', split, splits)
  return np.random.default_rng([seed, splits.index(split)])
