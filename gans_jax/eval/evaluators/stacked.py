"""Evaluator of stacked digits: how many of a thousand modes?"""

import numpy as np

from gans_jax import data, errors
from gans_jax.data import stacked as sets
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base
from gans_jax.eval.measures import modes
from gans_jax.eval.onepass import PICTURES, Evaluator
from gans_jax.eval.reference import Reference


def stacked_modes(real: Reference, *, n: int = 26_000, seed: int = 0
                  ) -> Evaluator:
  """Modes among stacked digits; see `measures.modes`.

  The digit of each channel is what the house's classifier of single digits
  says. Values: modes, kl_uniform, kl_data, and confidence, the mean of the
  classifier's greatest probability.

  Args:
    real: stacked_mnist or stacked_digits.
    n: samples; published tables have 26,000 (PacGAN and later) or 25,600.
    seed: of the classifier's training.

  Raises:
    ConfigError: other data.
  """
  spec = real.spec
  if spec.name not in sets.BASES or spec.shapes['x'][2:] != (3,):
    raise errors.ConfigError(
        f"evaluator 'stacked_modes' is of {', '.join(sets.BASES)} in RGB, not "
        f'of {spec.name!r} with x of shape {list(spec.shapes["x"])}')
  base.check(n)
  judge = judges.classifier(data.make(
      sets.BASES[spec.name], size=spec.shapes['x'][:2]), seed=seed)
  shares = np.zeros(1000)

  def score(samples):
    if not shares.any():
      shares[:] = np.bincount(_labels(real), minlength=1000)
    labels, sure = 0, []
    for channel in range(3):
      p = judge(samples[PICTURES][..., channel:channel + 1]).probabilities
      labels = 10 * labels + p.argmax(1)
      sure.append(p.max(1).mean())
    return {**modes.modes(labels, shares)._asdict(),
            'confidence': np.mean(sure)}

  protocol = base.common(real, n, **judge.protocol, n_real=len(real.source),
                         classifier_seed=seed, classes=1000)
  return base.collected('stacked_modes', n, real, score, protocol, (PICTURES,))


def _labels(real):
  """Of the training set; found again if the run has left them out."""
  if real.spec.classes:
    return real.labels()
  spec = real.spec
  return Reference(data.make(
      spec.name, split=spec.split, n=spec.size, size=spec.shapes['x'][:2])
      ).labels()
