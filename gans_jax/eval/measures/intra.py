"""Fréchet distance within classes."""

import numpy as np

from gans_jax.eval import distances


def intra_frechet(real: np.ndarray, real_y: np.ndarray, fake: np.ndarray,
                  fake_y: np.ndarray, least: int = 2
                  ) -> tuple[float, dict[int, float]]:
  """Intra-class FID: the Fréchet distance of each class, and their mean.

  Miyato and Koyama 2018 (arXiv:1802.05637), section 5: it sees a generator
  that is good on the whole and collapsed, or wrong, within classes.

  Args:
    real: [N, D].
    real_y: [N] labels.
    fake: [M, D].
    fake_y: [M] labels that were asked for.
    least: samples of a class on either side that one believes in.

  Returns:
    (mean over the classes of the real set, distance by class).

  Raises:
    ValueError: a class with fewer samples than `least`, by name; with fewer
      than features the distance is biased upwards.
  """
  for x, y in ((real, real_y), (fake, fake_y)):
    if len(x) != len(y):
      raise ValueError(f'{len(x)} samples with {len(y)} labels')
  if not len(real):
    raise ValueError('no real samples')
  found = {}
  for k in np.unique(real_y):
    a, b = real[real_y == k], fake[fake_y == k]
    if min(len(a), len(b)) < max(2, least):
      raise ValueError(
          f'class {k} has {len(a)} real and {len(b)} fake samples; at least '
          f'{max(2, least)} are needed')
    found[int(k)] = distances.frechet_of(
        distances.Moments(a), distances.Moments(b))
  return float(np.mean(list(found.values()))), found
