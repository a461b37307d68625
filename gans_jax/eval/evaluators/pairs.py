"""Evaluators of pairs of samples: how unlike each other are they?"""

from collections.abc import Callable

import numpy as np

from gans_jax import errors
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base, perceptual
from gans_jax.eval.measures import bootstrap, ssim
from gans_jax.eval.onepass import PICTURES, Evaluator
from gans_jax.eval.reference import Reference

BLOCK = 64    # pairs at a time
Between = Callable[[np.ndarray, np.ndarray], np.ndarray]


def pairs_of(n: int, pairs: int, rng: np.random.Generator
             ) -> tuple[np.ndarray, np.ndarray]:
  """Indices of random pairs of n samples; none is paired with itself."""
  a = rng.integers(n, size=pairs)
  return a, (a + rng.integers(1, n, size=pairs)) % n


def within(x: np.ndarray, y: np.ndarray | None, pairs: int, between: Between,
           seed: int) -> dict[str, np.ndarray]:
  """Values of random pairs: 'all' of them, or 'all' and [K, pairs] 'class'.

  Args:
    x: samples [N, ...].
    y: labels [N]; None: none.
    pairs: of all, and of each class.
    between: two batches -> values.
    seed: of the pairs.
  """
  rng = np.random.default_rng(seed)

  def values(rows):
    a, b = pairs_of(len(rows), pairs, rng)
    return np.concatenate([
        between(x[rows[a[i:i + BLOCK]]], x[rows[b[i:i + BLOCK]]])
        for i in range(0, pairs, BLOCK)])
  out = {'all': values(np.arange(len(x)))}
  if y is not None:
    rows = [np.flatnonzero(y == k) for k in np.unique(y)]
    if few := [len(r) for r in rows if len(r) < 2]:
      raise ValueError(f'a class has {few[0]} sample, and pairs need two: ask '
                       'for more samples')
    out['class'] = np.stack([values(r) for r in rows])
  return out


def ms_ssim(real: Reference, *, n: int = 2000, pairs: int = 1000,
            seed: int = 0) -> Evaluator:
  """MS-SSIM of pairs of samples: high where they are all alike.

  Odena et al. 2017 (arXiv:1610.09585), section 4.3, within classes; Karras et
  al. 2018 without. It sees large-scale collapse, and nothing of quality.

  Values:
    ms_ssim, ms_ssim_low, ms_ssim_high: mean of random pairs, 95% interval.
    ms_ssim_real: of as many pairs of the data.
    ms_ssim_class, ms_ssim_class_real: mean of the classes' means, where both
      have labels; ms_ssim_class_max: of the class that is least diverse.

  Args:
    real: pictures of 16 pixels a side or more.
    n: samples, and real ones as far as there are.
    pairs: of all, and of each class; Odena et al. took 100 of a class.
    seed: of the pairs.

  Raises:
    ConfigError: data that is no such pictures.
  """
  base.check(n)
  base.check_pictures('ms_ssim', real)
  side = min(real.spec.shapes['x'][:2])
  if side < 2 ** (len(ssim.WEIGHTS) - 1):
    raise errors.ConfigError(
        f"evaluator 'ms_ssim' halves pictures four times, so they need 16 "
        f'pixels a side; {real.spec.name!r} has {side}')
  return _diversity('ms_ssim', 'ms_ssim', real, n, pairs, seed,
                    lambda a, b: ssim.ms_ssim(a, b), max,
                    dict(weights=list(ssim.WEIGHTS), window=ssim.WINDOW,
                         quantised='uint8'))


def lpips_diversity(real: Reference, *, n: int = 2000, pairs: int = 1000,
                    distance: str = 'lpips', seed: int = 0) -> Evaluator:
  """Mean LPIPS of pairs of samples: low where they are all alike.

  Zhu et al. 2017 (arXiv:1711.11586), section 5, of random pairs.

  Values: those of `ms_ssim`, called after the distance, `lpips` or
  `lpips_hed`; `..._class_min` is of the class that is least diverse.

  Args:
    real: pictures of 16 pixels a side or more, RGB or grey.
    n: samples, and real ones as far as there are.
    pairs: of all, and of each class.
    distance: 'lpips', or another of `perceptual.Distance`.
    seed: of the pairs.

  Raises:
    ConfigError: data that is no such pictures, or weights that are not here.
  """
  base.check(n)
  base.check_pictures('lpips_diversity', real)
  # Of what would be saved: 0 to 255.
  measure = perceptual.Distance(distance, real.spec, limits=(0., 255.))
  return _diversity('lpips_diversity', distance, real, n, pairs, seed, measure,
                    min, {**measure.protocol, 'quantised': 'uint8'})


def _diversity(evaluator, name, real, n, pairs, seed, between, worst, more):
  if pairs < 2:
    raise errors.ConfigError(f'pairs={pairs}: 2 or more are needed')
  found = {}

  def of_real(labelled):
    # Found once, when samples have come, with classes if those have them.
    if labelled not in found:
      x = np.concatenate(list(real.pictures(n)))
      y = real.labels(n) if labelled else None
      found[labelled] = within(x, y, pairs, between, seed)
    return found[labelled]

  def score(samples):
    y = judges.whole(samples['y']) if 'y' in samples else None
    fake = within(samples[PICTURES], y, pairs, between, seed)
    labelled = y is not None and bool(real.spec.classes)
    data = of_real(labelled)
    interval = bootstrap.mean(fake['all'])
    out = {name: interval.value, f'{name}_low': interval.low,
           f'{name}_high': interval.high, f'{name}_real': data['all'].mean()}
    if labelled:
      means = fake['class'].mean(1)
      out |= {f'{name}_class': means.mean(),
              f'{name}_class_{worst.__name__}': worst(means),
              f'{name}_class_real': data['class'].mean()}
    return out

  protocol = base.common(real, n, n_real=real.count(n), pairs=pairs,
                         pair_seed=seed, **more,
                         # As the data is best: neither more nor less.
                         better=dict.fromkeys(f'{name}{end}' for end in (
                             '', '_low', '_high', '_real', '_class',
                             '_class_real', '_class_max', '_class_min')))
  return base.collected(evaluator, n, real, score, protocol, (PICTURES,))
