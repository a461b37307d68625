"""Evaluator of a head of D: does it know which way is up?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.augment.rotation import TURNS, check_square
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

HEAD = 'rotation'    # of Game.heads: [B, 4] logits of quarter turns


def rotation(real: Reference, *, n: int = 500,
             heldout: Mapping[str, Any] | None = None) -> Evaluator:
  """How often D tells by how many quarter turns a picture was rotated.

  Chance is 1/4. All four turns of every picture count. It is high on held-out
  pictures where D's features know the data's shapes, and on fakes where they
  have such shapes, too (Chen et al. 2019, section 4).

  Values: heldout, fake.

  Args:
    real: the training data, square pictures.
    n: held-out pictures, and fakes; fewer where there are fewer.
    heldout: arguments of `data.make` for them; None: the split 'test' of the
      same data set.

  Raises:
    ConfigError: pictures that aren't square, no held-out ones; when it runs, a
      game that has no head 'rotation'.
  """
  base.check(n)
  spec = real.spec
  check_square(spec.shapes['x'])
  other = probing.heldout(real.source, heldout)

  def probe(p: Probe) -> dict[str, float]:
    if HEAD not in p.game.heads:
      raise errors.ConfigError(
          f'evaluator {HEAD!r} asks D for turns, and this game has no head '
          f'{HEAD!r}: its heads are {", ".join(p.game.heads) or "none"}')
    judge = probing.program(p, p.game.heads[HEAD])
    make = probing.program(p, p.game.sample)
    right: dict[str, list[np.ndarray]] = dict(heldout=[], fake=[])
    for i, (batch, size) in enumerate(probing.chunks(other, n, spec)):
      for kind, shown in (('heldout', batch), ('fake', {
          **batch, **make(batch, i)})):
        for k in range(TURNS):
          logits = np.asarray(judge(
              {**shown, 'x': np.rot90(shown['x'], k, (1, 2))}, i))
          right[kind].append((logits.argmax(-1) == k)[:size])
    return {k: float(np.mean(np.concatenate(v))) for k, v in right.items()}

  protocol = base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode',
      heldout=f'{other.spec.name}:{other.spec.split}')
  return Evaluator('rotation', n, spec, protocol, probe=probe)
