"""Evaluators of samples that resemble each other too much."""

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base
from gans_jax.eval.features import extractor as extractors
from gans_jax.eval.measures import birthday as paradox
from gans_jax.eval.measures import collapse
from gans_jax.eval.onepass import PICTURES, Evaluator
from gans_jax.eval.reference import Reference

PIXELS = 'pixels'
TRIES = 200      # batches of the data that the threshold is found on
QUANTILE = .05


class Space:
  """Where samples are compared: in pixels, or in an extractor's features.

  Attributes:
    wants: what an evaluator asks for.
    protocol: of the space.
  """

  def __init__(self, name: str, evaluator: str, real: Reference):
    base.check_pictures(evaluator, real)
    self._real, self._view = real, None
    self.wants, self.protocol = (PICTURES,), dict(
        space=PIXELS, quantised='uint8')
    if name != PIXELS:
      network = extractors.make(name, 'clean', None)
      self._view = network.view('pool')
      self.wants = (self._view,)
      self.protocol = {**network.protocol, 'space': 'pool'}

  def of(self, samples: dict) -> np.ndarray:
    """float32 [N, D] of samples; pixels are 0..1."""
    x = samples[self.wants[0]]
    x = x.reshape(len(x), -1).astype(np.float32)
    return x if self._view else x / np.float32(255)

  def of_real(self, n: int | None) -> np.ndarray:
    """The same of the data."""
    if self._view:
      return self.of({self._view: self._real.features(self._view, n)})
    return self.of({PICTURES: np.concatenate(list(self._real.pictures(n)))})


def birthday(real: Reference, *, n: int = 8000, size: int = 400,
             threshold: float | None = None, space: str = PIXELS,
             seed: int = 0) -> Evaluator:
  """Birthday paradox test; see `measures.birthday`.

  Two samples of a batch count as duplicates if they are nearer to each other
  than the threshold. Arora and Zhang ask people; by default it is here the
  distance that the nearest pair of a batch of real pictures has or exceeds in
  95 of 100 batches, so 5 % of batches of a perfect generator count wrongly.

  Values: support, support_low, support_high (number of samples, 95%);
    collision_rate (share of batches with duplicates), collisions (pairs a
    batch), nearest (distance of a batch's nearest pair, mean), nearest_real,
    threshold, support_real (of batches of the data by the same threshold).

  Args:
    real: pictures.
    n: samples; n / size batches.
    size: of a batch.
    threshold: distance; None: from the data.
    space: 'pixels' (0..1) or an extractor, whose pooled features are compared.
    seed: of the batches of the data.

  Raises:
    ConfigError: less than a batch of samples or of data, no pictures, or data
      that holds duplicates itself, where no threshold is given.
  """
  if size < 2:
    raise errors.ConfigError(f'size={size}: a batch has 2 samples or more')
  base.check(n, size)
  where = Space(space, 'birthday', real)
  if len(real.source) < size:
    raise errors.ConfigError(
        f'batches of size={size} of {real.spec.name!r}, which has '
        f'{len(real.source)} examples')
  found = {}

  def of_real():
    x, rng = where.of_real(None), np.random.default_rng(seed)
    batches = [x[rng.choice(len(x), size, replace=False)]
               for _ in range(TRIES)]
    nearest = np.array([paradox.nearest_pairs(b, 1).distance[0]
                        for b in batches])
    limit = (float(np.quantile(nearest, QUANTILE)) if threshold is None
             else threshold)
    if not limit > 0:
      raise errors.ConfigError(
          f'{real.spec.name!r} holds duplicates itself, in more than 5 % of '
          f'batches of {size}: give a threshold, or a smaller size')
    pairs = [paradox.duplicates(b, limit) for b in batches]
    found.update(threshold=limit, nearest_real=nearest.mean(),
                 support_real=paradox.support(pairs, size).size)

  def score(samples):
    if not found:
      of_real()
    x = where.of(samples)
    batches = [x[i:i + size] for i in range(0, n - size + 1, size)]
    pairs = [paradox.duplicates(b, found['threshold']) for b in batches]
    support = paradox.support(pairs, size)
    return dict(
        support=support.size, support_low=support.low,
        support_high=support.high, collision_rate=support.rate,
        collisions=support.collisions, nearest=np.mean([
            paradox.nearest_pairs(b, 1).distance[0] for b in batches]), **found)

  protocol = base.common(
      real, n, **where.protocol, n_real=len(real.source), batch_size=size,
      threshold='of the data' if threshold is None else threshold,
      better=dict(support='higher', support_low=None, support_high=None,
                  collision_rate='lower', collisions='lower', nearest=None,
                  nearest_real=None, support_real=None, threshold=None))
  return base.collected('birthday', n, real, score, protocol, where.wants)


def intra_collapse(real: Reference, *, n: int = 5000, share: float = 1e-3,
                   space: str = PIXELS) -> Evaluator:
  """Collapse within modes, from samples alone; see `measures.collapse`.

  Values: worst, the largest share of samples within a radius of one of them,
    and worst_real of the data; mean, over all of them; ratio, worst over
    worst_real. The radius is that within which `share` of the data's pairs lie,
    which is what mean is for a perfect generator.

  Args:
    real: pictures.
    n: samples, and real ones as far as there are.
    share: of the data's pairs.
    space: as of `birthday`.

  Raises:
    ConfigError: no pictures, or too few for that share.
  """
  base.check(n)
  where, count = Space(space, 'intra_collapse', real), real.count(n)
  if not 0 < share < 1 or share * count * (count - 1) / 2 < 1:
    raise errors.ConfigError(
        f'share={share} of the pairs of {count} real pictures is not one pair '
        'or more: ask for more n, or a larger share')
  found = {}

  def score(samples):
    if not found:
      x = where.of_real(n)
      found['radius'] = collapse.radius_of(x, share)
      found['worst'] = collapse.neighbours(x, found['radius']).worst
    got = collapse.neighbours(where.of(samples), found['radius'])
    return dict(worst=got.worst, mean=got.mean, worst_real=found['worst'],
                ratio=got.worst / found['worst'], radius=found['radius'])

  protocol = base.common(
      real, n, **where.protocol, n_real=count, share=share, better=dict(
          worst='lower', ratio='lower', mean=None, worst_real=None,
          radius=None))
  return base.collected(
      'intra_collapse', n, real, score, protocol, where.wants)
