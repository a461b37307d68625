"""Jet images: what a calorimeter sees of a jet, sparse and never negative.

Pixels are transverse momenta in units of UNIT GeV, on a grid in pseudorapidity
(columns) and azimuth (rows) about the hardest subjet, turned so that the second
one lies below. Published ones (de Oliveira, Paganini and Nachman 2017,
arXiv:1701.05927) are of boosted W bosons, 'signal', and of jets of quarks and
gluons, 'background', with 250 < pT < 300 GeV. Those of `jets` are drawn here
and have as much of that as a small GAN can be asked for: two prongs or one.
"""

import dataclasses

import numpy as np

from gans_jax.data import sources, stored, synthetic
from gans_jax.data.sources import Arrays

PIXELS, WIDTH = 25, .1     # of a side; of a pixel, in eta and phi
UNIT = 100.                # GeV
LEAST = 2.7e-9             # GeV; less is an artefact of rotating
CLASSES = ('background', 'signal')
FEWEST, MOST = 10, 80       # particles in a toy jet


def jets(split: str = 'train', n: int = 20_000, seed: int = 0) -> Arrays:
  """Jets of two kinds, in equal shares: x [25, 25, 1], y 1 for signal.

  Some 40 +- 16 particles (gamma, within FEWEST and MOST) share a pT of 250 to
  300 GeV as exponential numbers do. Signal has two prongs, .8 +- .1 apart
  (2 m / pT of a W), the lower one with 25 to 50 % of the particles. In
  background the lower one has 2 to 15 % and lies at an exponential distance.
  Prongs are Gaussian, of a width .12.

  Args:
    split: 'train' or 'test'.
    n: jets.
    seed: of the draw.

  Raises:
    ConfigError: an argument makes no sense.
  """
  rng = synthetic.draws('jets', split, n, seed)
  y = rng.integers(2, size=n)
  apart = np.where(y, rng.normal(.8, .1, n), .3 + rng.exponential(.3, n))
  share = np.where(y, rng.uniform(.25, .5, n), rng.uniform(.02, .15, n))
  count = np.clip(np.rint(rng.gamma(6., 40 / 6, n)), FEWEST, MOST)
  momenta = rng.exponential(size=(n, MOST)) * (np.arange(MOST) < count[:, None])
  momenta *= (rng.uniform(250., 300., n) / UNIT / momenta.sum(1))[:, None]
  lower = rng.random((n, MOST)) < share[:, None]
  eta, phi = rng.normal(0, .12, (2, n, MOST))
  return _source('jets', pixelated(eta, phi - lower * apart[:, None], momenta),
                 y, split)


def pixelated(eta: np.ndarray, phi: np.ndarray, momenta: np.ndarray
              ) -> np.ndarray:
  """Sums of `momenta` [N, K] by pixel: float32 [N, 25, 25, 1].

  What lies beyond the picture is lost.
  """
  row, column = (np.floor(v / WIDTH + PIXELS / 2).astype(int)
                 for v in (-phi, eta))
  inside = (row >= 0) & (row < PIXELS) & (column >= 0) & (column < PIXELS)
  x = np.zeros((len(eta), PIXELS, PIXELS), np.float32)
  jet = np.broadcast_to(np.arange(len(eta))[:, None], eta.shape)
  np.add.at(x, (jet[inside], row[inside], column[inside]), momenta[inside])
  return x[..., None]


def jet_images(path: str, split: str = 'train', n: int | None = None,
               holdout: float = .1) -> Arrays:
  """The published set: 'jet-images_Mass60-100_pT250-300_R1.25_Pix25.hdf5'.

  Zenodo record 269622. The file has `image` [N, 25, 25], GeV, and `signal`
  [N]; see `stored.load` for its kinds. Pixels below LEAST are 0.

  Args:
    path: of the file.
    split: 'train' or 'test'.
    n: examples; None: all of the split. The published run has 90,000 in all.
    holdout: share that makes 'test'.

  Raises:
    ConfigError: see `stored.load`; or images of another shape.
  """
  found = stored.load(path, ('image', 'signal'))
  rows = stored.part(len(found['signal']), split, holdout, 'jet_images')[:n]
  x = found['image'][rows].astype(np.float32)
  x = np.where(x < LEAST, 0, x)[..., None] / np.float32(UNIT)
  return _source('jet_images', x, found['signal'][rows].astype(int), split)


def _source(name: str, x: np.ndarray, y: np.ndarray, split: str) -> Arrays:
  made = sources.arrays(x, y, name=name, split=split, class_names=CLASSES,
                        classes=2, range=(0., float(x.max())))
  made.spec = dataclasses.replace(made.spec, kind='jets')
  return made
