"""Evaluator of the discriminator: does it overfit?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.measures import overfitting as measure
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference


def overfitting(real: Reference, *, n: int = 1000,
                heldout: Mapping[str, Any] | None = None) -> Evaluator:
  """Overfitting measures of D; see `measures.overfitting`.

  Values: train, heldout, fake (mean logits), r_v, r_t, accuracy_train,
  accuracy_heldout, accuracy_fake.

  Args:
    real: the training data.
    n: training, held-out and generated examples, of each; fewer where there
      are fewer.
    heldout: arguments of `data.make` for held-out examples; None: the split
      'test' of the same data set.

  Raises:
    ConfigError: no held-out examples; when it runs, a game without a critic.
  """
  base.check(n)
  spec = real.spec
  other = probing.heldout(real.source, heldout)
  n_heldout = min(n, len(other))

  def probe(p: Probe) -> dict[str, float]:
    if p.game.critic is None:
      raise errors.ConfigError(
          "evaluator 'overfitting' asks D for logits, and this game says not "
          'how: its Game needs critic=')
    judge = probing.program(p, p.game.critic)
    make = probing.program(p, p.game.sample)

    def logits(source, fake=False):
      parts = []
      for i, (batch, size) in enumerate(
          probing.chunks(source, n, spec)):
        if fake:
          made = make(batch, i)
          batch = {**batch, **(made if isinstance(made, dict)
                               else {'x': made})}
        out = np.asarray(judge(batch, i))
        # A packed D gives one logit for several examples.
        parts.append(out[:max(1, len(out) * size // probing.BATCH)])
      return np.concatenate(parts)

    return measure.overfitting(
        logits(p.source), logits(other), logits(p.source, fake=True)
        )._asdict()

  protocol = base.common(
      real, n, n_real=real.count(n), n_heldout=n_heldout,
      heldout=f'{other.spec.name}:{other.spec.split}', nets='evaluation mode',
      # What D says of these is no score, whatever their names say.
      better=dict.fromkeys(measure.Overfitting._fields))
  return Evaluator('overfitting', n, spec, protocol, probe=probe)
