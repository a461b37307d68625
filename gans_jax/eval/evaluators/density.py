"""Evaluator of likelihood: Parzen windows around samples."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.measures import parzen as measure
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference


def parzen(real: Reference, *, n: int = 10_000, n_validation: int = 1000,
           n_test: int = 10_000,
           sigmas: Sequence[float] = measure.SIGMAS,
           heldout: Mapping[str, Any] | None = None) -> Evaluator:
  """Log-likelihood of held-out data, by Parzen windows; see `measures.parzen`.

  Pictures are brought to 0..1; points stay as they are.

  Values, in nats: log_likelihood and its standard error over the test
    examples, log_likelihood_error; sigma, found on validation examples;
    log_likelihood_real and sigma_real, of as many training examples in place
    of samples (which samples have surpassed without being better).

  Args:
    real: the data.
    n: samples; 10,000 in the papers.
    n_validation: held-out examples that sigma is found on, but at most half.
    n_test: of the others, at most.
    sigmas: to choose from; for points give others than the default.
    heldout: arguments of `data.make` for held-out examples; None: the split
      'test' of the same data set.

  Raises:
    ConfigError: no held-out examples, or no sigmas.
  """
  base.check(n)
  base.check(min(n_validation, n_test), 1)
  if not sigmas or not min(sigmas) > 0:
    raise errors.ConfigError(f'sigmas={list(sigmas)} must be above 0')
  spec = real.spec
  other = probing.heldout(real.source, heldout)
  base.check(len(other))
  picture = len(spec.shapes['x']) == 3
  low, high = spec.range

  def flat(x, limits=(low, high)):
    x = np.asarray(x, np.float64).reshape(len(x), -1)
    return (x - limits[0]) / (limits[1] - limits[0]) if picture else x

  order = np.random.default_rng(0).permutation(len(other))
  cut = min(n_validation, len(other) // 2)
  order = order[:cut + n_test]
  found = {}

  def of(samples):
    sigma = measure.bandwidth(samples, found['validation'], sigmas)
    return measure.log_likelihoods(samples, found['test'], [sigma])[0], sigma

  def score(samples):
    if not found:
      x = flat(np.concatenate([
          other.batch(order[i:i + 256])['x'] for i in range(0, len(order), 256)
          ]), other.spec.range if picture else (0, 1))
      found.update(validation=x[:cut], test=x[cut:])
      values, sigma = of(flat(np.concatenate(
          [b['x'] for b in real.batches(n)])))
      found.update(real=values.mean(), sigma_real=sigma)
    values, sigma = of(flat(samples['x']))
    return dict(
        log_likelihood=values.mean(),
        log_likelihood_error=values.std(ddof=1) / np.sqrt(len(values))
        if len(values) > 1 else np.nan,
        sigma=sigma, log_likelihood_real=found['real'],
        sigma_real=found['sigma_real'])

  protocol = base.common(
      real, n, n_real=real.count(n), n_validation=cut,
      n_test=len(order) - cut, sigmas=[float(s) for s in sigmas],
      heldout=f'{other.spec.name}:{other.spec.split}',
      units='0 to 1' if picture else 'as the data', quantised='none',
      better=dict(log_likelihood='higher', log_likelihood_error=None,
                  log_likelihood_real=None, sigma=None, sigma_real=None))
  return base.collected('parzen', n, real, score, protocol)
