"""Evaluator of anomaly scores: does a game of normal data tell what is not?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Source
from gans_jax.eval import neighbours
from gans_jax.eval.evaluators import base, probing, reconstruct
from gans_jax.eval.measures import roc
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference


def anomaly(real: Reference, *, normal: Sequence[int],
            heldout: Mapping[str, Any], n: int = 10_000,
            head: str = 'anomaly') -> Evaluator:
  """How well scores tell held-out normal examples from all others.

  Values:
    auroc: the area under the ROC curve, anomalies being positive; 1/2 is
      chance.
    average_precision: see `roc.average_precision`; chance is `share`.
    share: of anomalies among the held-out examples.
    score_normal, score_anomalous: mean scores.
    tpr@<rate>: share of anomalies found where that share of normal examples is
      taken for ones, too: points of the ROC curve, which reports draw.
    auroc_nearest, average_precision_nearest: of a score without any game, the
      Euclidean distance to the nearest training example.

  Args:
    real: the training data: normal examples.
    normal: classes of the held-out examples that are normal, by number; all
      others are anomalies.
    heldout: arguments of `data.make` for held-out examples of all classes.
    n: held-out examples; fewer where there are fewer.
    head: of `Game.heads`, Turn -> scores [B].

  Raises:
    ConfigError: held-out examples without labels, of another shape, or all
      normal, or none; when it runs, a game without such a head.
  """
  base.check(n)
  other = probing.heldout(real.source, heldout)
  spec, wanted = other.spec, tuple(normal)
  if not spec.classes:
    raise errors.ConfigError(
        f'{spec.name!r} has no labels, so it cannot say what is normal')
  if not wanted or not set(wanted) < set(range(spec.classes)):
    raise errors.ConfigError(
        f'normal={wanted}: some, and not all, of the classes 0 to '
        f'{spec.classes - 1} of {spec.name!r}')

  def probe(p: Probe) -> dict[str, float]:
    score = probing.program(
        p, errors.choose('head of this game', head, p.game.heads))
    scores, x, positive = [], [], []
    for i, (batch, size) in enumerate(_chunks(other, n, p.source)):
      scores.append(np.asarray(score(batch, i))[:size])
      x.append(batch['x'][:size])
      positive.append(~np.isin(batch['label'][:size], wanted))
    scores, x, positive = map(np.concatenate, (scores, x, positive))
    _, distance = neighbours.nearest(x, real.source)
    values = dict(
        _areas(scores, positive), share=float(positive.mean()),
        score_normal=float(scores[~positive].mean()),
        score_anomalous=float(scores[positive].mean()))
    values |= {f'{k}_nearest': v
               for k, v in _areas(distance[:, 0], positive).items()}
    found = roc.at(np.asarray(roc.RATES), scores, positive)
    return values | {f'tpr@{rate:g}': float(y)
                     for rate, y in zip(roc.RATES, found)}

  higher = ('auroc', 'average_precision', *(f'tpr@{r:g}' for r in roc.RATES))
  neither = ('share', 'score_normal', 'score_anomalous', 'auroc_nearest',
             'average_precision_nearest')
  protocol = base.better(base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode', head=head,
      normal=list(wanted), heldout=f'{spec.name}:{spec.split}',
      n_nearest=len(real.source)),
                         **dict.fromkeys(higher, 'higher'),
                         **dict.fromkeys(neither))
  return Evaluator('anomaly', n, real.spec, protocol, probe=probe)


def residuals(p: Probe, heldout: Mapping[str, Any], n: int) -> Batch:
  """Held-out examples, what G makes of their codes, and what is left.

  Args:
    p: the game, with averaged params in their places.
    heldout: as of `anomaly`.
    n: examples.

  Returns:
    dict of `real`, `made` and `left` = |real - made| (from the lower end of the
    range of values), [n, ...].

  Raises:
    ConfigError: a game without an encoder.
  """
  run = reconstruct.inverse(p)
  other, parts = probing.heldout(p.source, heldout), []
  for i, (batch, size) in enumerate(_chunks(other, n, p.source)):
    parts.append((batch['x'][:size], run(batch, i)['x'][:size]))
  real, made = map(np.concatenate, zip(*parts, strict=True))
  low, high = p.source.spec.range
  left = np.minimum(low + np.abs(real - made), high)
  return dict(real=real, made=made, left=left)


def _areas(scores: np.ndarray, positive: np.ndarray) -> dict[str, float]:
  return dict(auroc=roc.auroc(scores, positive),
              average_precision=roc.average_precision(scores, positive))


def _chunks(other: Source, n: int, train: Source):
  """As `probing.chunks`, with the labels of `other` under 'label'.

  The game was built for some of its classes: where it is given labels, which no
  score may look at, they are 0.
  """
  for batch, size in probing.chunks(other, n, other.spec):
    y = batch['y'] if batch['y'].ndim == 1 else batch['y'].argmax(1)
    told = {k: np.zeros((len(y), *shape), train.spec.dtypes[k])
            for k, shape in train.spec.shapes.items()}
    yield {**told, 'x': batch['x'], 'label': y}, size
