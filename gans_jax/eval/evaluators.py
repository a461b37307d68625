"""Evaluators: named in the config, they score what a `draw` function gives.

An evaluator is made by a function of this module, `name(source, *, n, ...)`,
and is then called with any `draw(n) -> {'x': ..., 'y': ...}`: a
`sampler.Draw`, or something that reads pictures from files. It returns
numbers, and carries the protocol they were taken by, since a number without
its protocol can't be compared.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from gans_jax import environment, errors
from gans_jax.data.spec import Batch, Source
from gans_jax.eval import classifier as judges
from gans_jax.eval import coverage, distances

# Packages whose versions may move a number.
VERSIONS = ('gans_jax', 'jax', 'numpy')


@dataclasses.dataclass(frozen=True)
class Evaluator:
  """Scores samples.

  Attributes:
    name: of the evaluator.
    n: samples it draws.
    score: samples -> numbers.
    protocol: how the numbers are found, in values JSON has; the same protocol
      means that they can be compared.
  """

  name: str
  n: int
  score: Callable[[Batch], dict[str, float]]
  protocol: dict[str, Any]

  def __call__(self, draw: Callable[[int], Batch]) -> dict[str, float]:
    """The scores of what `draw` gives.

    Raises:
      ValueError: it gives fewer samples than it is asked for, or pictures
        that are not finite.
    """
    samples = draw(self.n)
    if len(samples['x']) < self.n:
      raise ValueError(f'{self.name} needs {self.n} samples, and there are '
                       f'{len(samples["x"])}')
    return {k: float(v) for k, v in self.score(samples).items()}

  def stamp(self, draw: Callable[[int], Batch]) -> dict[str, Any]:
    """The protocol of `self(draw)`: with what `draw` says of itself, too."""
    return {**self.protocol, **getattr(draw, 'protocol', {})}


def make(name: str, source: Source, **options: Any) -> Evaluator:
  """Makes an evaluator by name.

  Args:
    name: one of EVALUATORS.
    source: the data, its train split.
    **options: arguments of the evaluator.

  Raises:
    ConfigError: no such evaluator or argument (the nearest names are shown),
      or one that can't score such data.
  """
  function = errors.choose('evaluator', name, EVALUATORS)
  return errors.call(f'evaluator {name!r}', function, source, **options)


def modes(source: Source, *, n: int = 2500) -> Evaluator:
  """Coverage of a mixture with known centres; see `coverage.coverage`.

  Values: modes, modes_20, hq, reverse_kl.

  Args:
    source: of the mixture.
    n: samples; published tables have 2500.

  Raises:
    ConfigError: the data is no such mixture.
  """
  spec = source.spec
  if not spec.centres:
    raise errors.ConfigError(
        f"evaluator 'modes' needs a mixture of known centres, such as ring8 or "
        f'grid25; {spec.name!r} is none')
  _check(n)

  def score(samples):
    found = coverage.coverage(
        samples['x'], np.asarray(spec.centres), spec.std)
    return found._asdict()

  return Evaluator('modes', n, score, dict(
      **_common(source, n), centres=len(spec.centres), std=spec.std,
      radius_std=coverage.RADIUS))


def classifier(source: Source, *, n: int = 2000, seed: int = 0) -> Evaluator:
  """What the house's classifier of the data says of samples.

  Values:
    label_entropy: of the classes it sees, in nats; log(classes) is even.
    confidence: the mean of its greatest probability.
    cls_agree: share of samples it labels as requested; conditional games only.
    fd_<data>_classifier: Fréchet distance in its penultimate layer, between
      the samples and the data it was trained on; pictures only. Not FID.
    fd_<data>_classifier_floor: that of held-out pictures, so with their
      number (`heldout_n`) and not n.
    fd_<data>_classifier_ratio: the distance over the floor.

  Args:
    source: labelled pictures, or a mixture with known centres. The classifier
      is trained when the evaluator is made, unless the cache has it.
    n: samples.
    seed: of the classifier's training.

  Raises:
    ConfigError: the data has no labels.
  """
  _check(n)
  judge = judges.classifier(source, seed=seed)
  classes = len(source.spec.centres) or source.spec.classes
  protocol = dict(**_common(source, n), **judge.protocol, classifier_seed=seed)
  name, real, floor = f'fd_{judge.name}', None, None
  if isinstance(judge, judges.Classifier):
    train, test, _ = judges.held_out(source)
    real = _moments(judge, train)
    floor = distances.frechet_of(real, _moments(judge, test))
    protocol |= dict(n_real=real.n, resize='none', covariance_ddof=1)

  def score(samples):
    verdict = judge(samples['x'])
    labels = verdict.probabilities.argmax(1)
    values = dict(
        label_entropy=coverage.label_entropy(labels, classes),
        confidence=np.mean(verdict.probabilities.max(1)))
    if 'y' in samples:
      values['cls_agree'] = np.mean(labels == judges.whole(samples['y']))
    if real is not None:
      fake = distances.Moments(verdict.features)
      values[name] = distances.frechet_of(real, fake)
      values |= {f'{name}_floor': floor, f'{name}_ratio': values[name] / floor}
    return values

  return Evaluator('classifier', n, score, protocol)


EVALUATORS = {'classifier': classifier, 'modes': modes}


def _moments(judge: judges.Judge, source: Source) -> distances.Moments:
  return distances.Moments(judge(judges.pictures(source)[0]).features)


def _check(n: int) -> None:
  if n < 2:
    raise errors.ConfigError(f'n={n}: an evaluator needs 2 samples or more')


def _common(source: Source, n: int) -> dict[str, Any]:
  """What every protocol tells."""
  versions = environment.versions()
  return dict(data=source.spec.name, split=source.spec.split, n_fake=n,
              versions={k: versions[k] for k in VERSIONS if k in versions})
