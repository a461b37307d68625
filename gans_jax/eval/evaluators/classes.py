"""Evaluator of the discriminator as a classifier."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference


def classification_error(real: Reference, *, n: int = 10_000,
                         heldout: Mapping[str, Any] | None = None
                         ) -> Evaluator:
  """Share of held-out examples whose largest of K logits is not their label.

  Values: error.

  Args:
    real: the training data, with labels.
    n: held-out examples; fewer where there are fewer.
    heldout: arguments of `data.make` for them; None: the split 'test' of the
      same data set.

  Raises:
    ConfigError: no labels or held-out examples; when it runs, a game whose
      critic gives no K logits.
  """
  base.check(n)
  spec = real.spec
  if not spec.classes:
    raise errors.ConfigError(
        f"evaluator 'classification_error' needs labels; {spec.name!r} has "
        'none')
  other = probing.heldout(real.source, heldout)

  def probe(p: Probe) -> dict[str, float]:
    judge = p.game.critic and probing.program(p, p.game.critic)
    wrong = []
    for i, (batch, size) in enumerate(probing.chunks(other, n, spec)):
      logits = np.asarray(judge(batch, i)) if judge else np.zeros(0)
      if logits.ndim != 2 or logits.shape[1] < spec.classes:
        raise errors.ConfigError(
            "evaluator 'classification_error' asks D for a logit a class "
            f'[B, {spec.classes}], and the critic of this game has none')
      wrong.append((logits[:, :spec.classes].argmax(1)
                    != judges.whole(batch['y']))[:size])
    return dict(error=float(np.mean(np.concatenate(wrong))))

  protocol = base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode',
      heldout=f'{other.spec.name}:{other.spec.split}')
  return Evaluator('classification_error', n, spec, protocol, probe=probe)
