"""Evaluators of samples class by class, and of D's own sorting."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference


def spread(x: np.ndarray, y: np.ndarray) -> float:
  """Mean over classes and pixels of the std within the class; x [N, ...]."""
  x = x.reshape(len(x), -1).astype(np.float64)
  return float(np.mean([x[y == k].std(0).mean() for k in np.unique(y)]))


def class_spread(real: Reference, *, n: int = 2000) -> Evaluator:
  """How varied samples of a class are, against real ones: collapse within it.

  The class term of an AC-GAN rewards a G that gives one easy example a class.

  Values: ratio (of samples over real), fake, real: the standard deviation of a
    pixel within a class, averaged over pixels and classes.

  Args:
    real: labelled data; the samples are of a conditional game.
    n: samples.

  Raises:
    ConfigError: the data has no labels; when it runs, samples without any.
  """
  base.check(n)
  if not real.spec.classes:
    raise errors.ConfigError(
        f"evaluator 'class_spread' needs labels; {real.spec.name!r} has none")

  def score(samples):
    if 'y' not in samples:
      raise errors.ConfigError(
          "evaluator 'class_spread' is of a conditional game, whose samples "
          'have labels; this game gives none')
    rows = real.source.batch(np.arange(len(real.source)))
    of_real = spread(rows['x'], judges.whole(rows['y']))
    of_fake = spread(samples['x'], judges.whole(samples['y']))
    return dict(ratio=of_fake / of_real, fake=of_fake, real=of_real)

  return base.collected('class_spread', n, real, score, base.better(
      base.common(real, n, n_real=len(real.source)), ratio=None, fake=None,
      real=None))


def majority(codes: np.ndarray, labels: np.ndarray) -> float:
  """Share of examples that have the commonest label of their code; [N]."""
  return sum(np.bincount(labels[codes == k]).max()
             for k in np.unique(codes)) / len(codes)


def clusters(real: Reference, *, n: int = 10_000,
             heldout: Mapping[str, Any] | None = None) -> Evaluator:
  """How well D's largest logit sorts held-out examples by class, unnamed.

  Values: accuracy (each code stands for the commonest label among the
    examples that have it), used (codes that occur).

  Args:
    real: the training data, with labels.
    n: held-out examples; fewer where there are fewer.
    heldout: arguments of `data.make` for them; None: the split 'test' of the
      same data set.

  Raises:
    ConfigError: no labels or held-out examples; when it runs, a game whose
      critic gives one logit.
  """
  base.check(n)
  if not real.spec.classes:
    raise errors.ConfigError(
        f"evaluator 'clusters' needs labels; {real.spec.name!r} has none")
  other = probing.heldout(real.source, heldout)

  def probe(p: Probe) -> dict[str, float]:
    judge = p.game.critic and probing.program(p, p.game.critic)
    codes, labels = [], []
    for i, (batch, size) in enumerate(probing.chunks(other, n, real.spec)):
      logits = np.asarray(judge(batch, i)) if judge else np.zeros(0)
      if logits.ndim != 2:
        raise errors.ConfigError(
            "evaluator 'clusters' asks D for several logits, and the critic "
            'of this game has none or one')
      codes.append(logits.argmax(1)[:size])
      labels.append(judges.whole(batch['y'])[:size])
    codes, labels = np.concatenate(codes), np.concatenate(labels)
    return dict(accuracy=majority(codes, labels),
                used=float(len(np.unique(codes))))

  return Evaluator('clusters', n, real.spec, base.better(base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode',
      heldout=f'{other.spec.name}:{other.spec.split}'), used=None),
      probe=probe)
