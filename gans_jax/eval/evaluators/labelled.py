"""Evaluators of mixtures with known modes, and of labelled data."""

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Source
from gans_jax.eval import classifier as judges
from gans_jax.eval import coverage, distances
from gans_jax.eval.evaluators import base
from gans_jax.eval.measures import bootstrap
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference


def modes(real: Reference, *, n: int = 2500) -> Evaluator:
  """Coverage of a mixture with known centres; see `coverage.coverage`.

  Values: modes, modes_20, hq, reverse_kl.

  Args:
    real: examples of the mixture.
    n: samples; published tables have 2500.

  Raises:
    ConfigError: the data is no such mixture.
  """
  spec = real.spec
  if not spec.centres:
    raise errors.ConfigError(
        f"evaluator 'modes' needs a mixture of known centres, such as ring8 or "
        f'grid25; {spec.name!r} is none')
  base.check(n)

  def score(samples):
    found = coverage.coverage(
        samples['x'], np.asarray(spec.centres), spec.std)
    return found._asdict()

  return base.collected('modes', n, real, score, dict(
      **base.common(real, n), centres=len(spec.centres), std=spec.std,
      radius_std=coverage.RADIUS))


def classifier(real: Reference, *, n: int = 2000, seed: int = 0) -> Evaluator:
  """What the house's classifier of the data says of samples.

  Values:
    label_entropy: of the classes it sees, in nats; log(classes) is even.
    confidence: the mean of its greatest probability.
    cls_agree: share of samples it labels as requested; conditional games only.
    *_low, *_high: 95% bootstrap interval of confidence and cls_agree, over the
      samples.
    fd_<data>_classifier: Fréchet distance in its penultimate layer, between
      the samples and the data it was trained on; pictures only. Not FID.
    fd_<data>_classifier_floor: that of held-out pictures, so with their
      number (`heldout_n`) and not n.
    fd_<data>_classifier_ratio: the distance over the floor.

  Args:
    real: labelled pictures, or a mixture with known centres. The classifier
      is trained when the evaluator is made, unless the cache has it.
    n: samples.
    seed: of the classifier's training.

  Raises:
    ConfigError: the data has no labels.
  """
  base.check(n)
  judge = judges.classifier(real.source, seed=seed)
  classes = len(real.spec.centres) or real.spec.classes
  protocol = base.common(real, n, **judge.protocol, classifier_seed=seed)
  name, train, floor = f'fd_{judge.name}', None, None
  if isinstance(judge, judges.Classifier):
    train, test = (_moments(judge, part)
                   for part in judges.held_out(real.source)[:2])
    floor = distances.frechet_of(train, test)
    protocol |= dict(n_real=train.n, resize='none', covariance_ddof=1)

  def score(samples):
    verdict = judge(samples['x'])
    labels = verdict.probabilities.argmax(1)
    values = dict(
        label_entropy=coverage.label_entropy(labels, classes),
        **_interval('confidence', verdict.probabilities.max(1)))
    if 'y' in samples:
      values |= _interval('cls_agree', labels == judges.whole(samples['y']))
    if train is not None:
      fake = distances.Moments(verdict.features)
      values[name] = distances.frechet_of(train, fake)
      values |= {f'{name}_floor': floor, f'{name}_ratio': values[name] / floor}
    return values

  return base.collected('classifier', n, real, score, base.better(
      protocol, **dict.fromkeys(
          f'{k}_{end}' for k in ('confidence', 'cls_agree')
          for end in ('low', 'high'))))


def _interval(name: str, values: np.ndarray) -> dict[str, float]:
  """The mean of per-sample values, and its bootstrap interval."""
  found = bootstrap.mean(values)
  return {name: found.value, f'{name}_low': found.low,
          f'{name}_high': found.high}


def _moments(judge: judges.Judge, source: Source) -> distances.Moments:
  return distances.Moments(judge(judges.pictures(source)[0]).features)
