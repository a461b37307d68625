"""What one example of a data set is, and what a source of examples does.

Nothing downstream assumes images: a batch is a dict of arrays, and a `Spec`
names its keys, shapes and types. Keys are `x`, and `y` where there are labels;
other kinds of data (calorimeter showers, pairs, audio) bring keys of their own.
"""

import dataclasses
from typing import Protocol

import numpy as np

Batch = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Spec:
  """The facts about a data set that models and evaluators are built from.

  Attributes:
    name: the name the set was made by, 'fashion_mnist'.
    split: 'train' or 'test', or what the set calls its parts.
    size: number of examples.
    shapes: shape of one example by key, {'x': (28, 28, 1), 'y': ()}.
    dtypes: numpy type by key, {'x': 'float32', 'y': 'int32'}.
    classes: number of classes; 0 where there are no labels.
    class_names: their names, empty when unknown.
    range: the values of x that stand for black and white; for points a box
      that holds practically all of them.
    centres: means of the modes, for a mixture whose density is known.
    std: standard deviation of every mode, in every direction.
    kind: how examples are drawn, of drawing.KINDS; '': as their shape says.
    alphabet: of one-hot sequences, the letters of the last axis of x.
  """

  name: str
  split: str
  size: int
  shapes: dict[str, tuple[int, ...]]
  dtypes: dict[str, str]
  classes: int = 0
  class_names: tuple[str, ...] = ()
  range: tuple[float, float] = (-1., 1.)
  centres: tuple[tuple[float, ...], ...] = ()
  std: float = 0.
  kind: str = ''
  alphabet: str = ''

  def zeros(self, n: int) -> Batch:
    """A batch of n examples of zeros, to initialise networks with."""
    return {key: np.zeros((n, *shape), self.dtypes[key])
            for key, shape in self.shapes.items()}


class Source(Protocol):
  """Random access to the examples of a data set."""

  spec: Spec

  def __len__(self) -> int:
    ...

  def batch(self, indices: np.ndarray,
            keys: np.ndarray | None = None) -> Batch:
    """The examples at `indices`; a pure function of its arguments.

    Args:
      indices: [n] whole numbers below `len(self)`; repeats are allowed.
      keys: [n] uint64, one random key an example, from which random
        transforms (flip, random crop) draw. Keys belong to examples, not to
        batches, so that a batch split over hosts is the same batch. None:
        nothing random is done.

    Returns:
      a dict of arrays with leading axis n, as `spec` has it.
    """
    ...
