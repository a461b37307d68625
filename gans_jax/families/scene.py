"""What the parts of a game of two players are functions of."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax

from gans_jax.game import Turn

Array = jax.Array


@dataclasses.dataclass(frozen=True)
class Scene:
  """What a term of D's or of G's loss looks at, besides the turn.

  Attributes:
    real: [n, ...] of the batch, as the data has it.
    fake: [n, ...] of this move; G's gradient flows through it in G's.
    z: [n, z], its noise.
    labels: () or (one-hot [n, classes],), which both nets are given.
    critic: x [n, ...] -> logits: D as a pure function, with the labels and
      through `view`; spectral vectors stay. `critic(x, features=True)` also
      gives the input of D's last layer: (logits, [n, F]). `critic(x, *labels)`
      takes other labels than the batch's.
    generate: z -> x: G as a pure function, with the labels.
    on_real: D's logits of `real` that its loss is of; None in G's moves and in
      lazy ones.
    on_fake: likewise of `fake`; None in lazy moves.
  """

  real: Array
  fake: Array
  z: Array
  labels: tuple[Array, ...]
  critic: Callable[..., Any]
  generate: Callable[[Array], Array]
  on_real: Array | None = None
  on_fake: Array | None = None


# A scalar that is added to a loss, weighted; logged under its own name.
Term = Callable[[Turn, Scene], Array]
# (key, x) -> x: how D sees pictures, real ones and fakes alike; with a
# `strength` (key, x, p) -> x.
View = Callable[..., Array]
# (turn, logits of fakes [n, ...]) -> weights [n] of mean 1 in G's loss.
Select = Callable[[Turn, Array], Array]
# z -> D's logits of G(z); to be differentiated.
Score = Callable[[Array], Array]
# (turn, z, score) -> (z', a scalar that it costs the player).
Refine = Callable[[Turn, Array, Score], tuple[Array, Array]]
