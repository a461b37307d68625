"""Evaluators of a game's codes: do they sort, do they move what is seen?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import optimize

from gans_jax import errors
from gans_jax.eval import classifier as judges
from gans_jax.eval import traverse
from gans_jax.eval.evaluators import base, by_class, probing
from gans_jax.eval.measures import moments
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

SPREAD = 2000    # real examples whose moments are the unit of shifts


def matched(codes: np.ndarray, labels: np.ndarray) -> float:
  """Share of examples [N] whose code stands for their label, one to one.

  The assignment of codes to labels is the best there is (Kuhn 1955); codes or
  labels that are left over count as wrong.
  """
  table = np.zeros((codes.max() + 1, labels.max() + 1), int)
  np.add.at(table, (codes, labels), 1)
  rows, columns = optimize.linear_sum_assignment(table, maximize=True)
  return float(table[rows, columns].sum() / len(codes))


def code_clusters(real: Reference, *, n: int = 10_000, code: str = 'category',
                  heldout: Mapping[str, Any] | None = None) -> Evaluator:
  """How well Q's category sorts held-out examples by class, unnamed.

  Values: accuracy (each code stands for one class, no two for the same),
    majority (each stands for the commonest class among those that have it),
    used (codes that occur), sure (mean of Q's greatest probability).

  Args:
    real: the training data, with labels.
    n: held-out examples; fewer where there are fewer.
    code: of `Game.heads`, logits of a category.
    heldout: arguments of `data.make` for them; None: the split 'test' of the
      same data set.

  Raises:
    ConfigError: no labels or held-out examples; when it runs, a game without
      such a head.
  """
  base.check(n)
  if not real.spec.classes:
    raise errors.ConfigError(
        f"evaluator 'code_clusters' needs labels; {real.spec.name!r} has none")
  other = probing.heldout(real.source, heldout)

  def probe(p: Probe) -> dict[str, float]:
    judge = probing.program(
        p, errors.choose('code of this game', code, p.game.heads))
    found, labels = [], []
    for i, (batch, size) in enumerate(probing.chunks(other, n, real.spec)):
      found.append(np.asarray(judge(batch, i))[:size])
      labels.append(judges.whole(batch['y'])[:size])
    logits, labels = np.concatenate(found), np.concatenate(labels)
    if logits.ndim != 2 or logits.shape[1] < 2:
      raise errors.ConfigError(
          f"evaluator 'code_clusters': head {code!r} gives {logits.shape[1:]} "
          'of an example, which are no logits of a category')
    codes = logits.argmax(1)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return dict(accuracy=matched(codes, labels),
                majority=by_class.majority(codes, labels),
                used=float(len(np.unique(codes))),
                sure=float((1 / odds.sum(1)).mean()))

  return Evaluator('code_clusters', n, real.spec, base.better(base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode', code=code,
      heldout=f'{other.spec.name}:{other.spec.split}'), used=None, sure=None),
      probe=probe)


def code_moments(real: Reference, *, n: int = 64) -> Evaluator:
  """Whether each code of numbers moves slant, width, height or ink one way.

  A code goes through its values with the noise and all other codes fixed. Of
  each such row the rank correlation of value and moment is taken; the absolute
  value of their mean over rows is 1 where the code moves the moment
  monotonically and in every row the same way, and about 0 where it leaves it
  alone or turns round. It may as well move each row one way, but some up and
  some down (widen a 4 and narrow a 7): the mean of absolute values is 1 where
  every row is monotone, and of ten values about .27 by chance. Ranks are blind
  to how far, so that is told, too: the mean difference from the first value to
  the last, absolute, in standard deviations of real examples.

  Values: of each code `<code>_<moment>`, `<code>_<moment>_either` for the mean
    of absolute values, `<code>_<moment>_shift`; of each moment the greatest of
    all codes, `slant`, `slant_either`, `slant_shift`. Moments: see
    `measures.moments`.

  Args:
    real: pictures.
    n: rows of each code.

  Raises:
    ConfigError: data that is not pictures; when it runs, a game without codes
      of numbers.
  """
  base.check(n)
  base.check_pictures('code_moments', real)
  rows = np.arange(min(len(real.source), SPREAD))
  spread = {k: float(np.nanstd(v)) for k, v in moments.moments(
      real.source.batch(rows)['x'], real.spec.range).items()}

  def probe(p: Probe) -> dict[str, float]:
    walk = traverse.Traversals(p.game, p.source, probing.BATCH)
    found: dict[str, dict[str, float]] = {}
    for name, latent in walk.latents.items():
      if traverse.is_category(latent):
        continue
      rows = walk.draw(name, p.state, p.key, n, ema=False, stage=p.stage)
      along = latent.values[:, 0]
      for moment, values in moments.moments(
          rows.reshape(-1, *rows.shape[2:]), real.spec.range).items():
        values = values.reshape(rows.shape[:2])
        far = (values[:, -1] - values[:, 0]) / spread[moment]
        rank = moments.spearman(values, along[None])
        for key, each in ((moment, rank), (f'{moment}_either', np.abs(rank)),
                          (f'{moment}_shift', far)):
          found.setdefault(key, {})[name] = abs(float(np.nanmean(each)))
    if not found:
      raise errors.ConfigError(
          "evaluator 'code_moments' is of a game with codes of numbers, and "
          'this one has none: give infogan a code of kind uniform')
    return {**{f'{name}_{moment}': value for moment, by in found.items()
               for name, value in by.items()},
            **{moment: max(by.values()) for moment, by in found.items()}}

  return Evaluator('code_moments', n, real.spec, base.common(
      real, n, n_real=len(rows),
      moments='rank correlation along traversals, shift in std of real'),
      probe=probe)
