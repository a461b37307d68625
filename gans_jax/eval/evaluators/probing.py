"""What evaluators share that look into a game, and not only at its samples."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax
import numpy as np

from gans_jax import data, errors, sharding
from gans_jax import game as game_lib
from gans_jax.data.spec import Batch, Source, Spec
from gans_jax.eval import classifier as judges
from gans_jax.eval.onepass import Probe

BATCH = 64
# Keys of a batch of few labels, which held-out examples need not have.
LABELLED = {'labelled', 'x_labelled', 'y_labelled'}


def program(probe: Probe, function: Callable[[game_lib.Turn], Any]
            ) -> Callable[[Batch, int], Any]:
  """`function` of a turn of the game, compiled: (batch, i) -> arrays.

  Nets run in evaluation mode. The turn's key is the probe's, folded with i:
  turns of the same i see the same noise.
  """
  mesh = next((x.sharding.mesh for x in jax.tree.leaves(probe.state.params)
               if isinstance(getattr(x, 'sharding', None),
                             jax.sharding.NamedSharding)), None)
  place = lambda *axes: mesh and jax.sharding.NamedSharding(
      mesh, jax.sharding.PartitionSpec(*axes))
  whole, split = place(), place('data')
  if mesh and BATCH % mesh.shape['data']:
    split = whole
  impl = jax.random.key_impl(probe.key)
  key = jax.device_get(jax.random.key_data(probe.key))
  state = probe.state.replace(opt={}, ema={})

  def run(state, batch, key, i):
    key = jax.random.fold_in(jax.random.wrap_key_data(key, impl=impl), i)
    return function(game_lib.Turn(
        probe.game, state, batch, key, stage=probe.stage, train=False))

  run = jax.jit(run, out_shardings=whole)

  def call(batch, i):
    with jax.transfer_guard('allow'):
      batch = {k: sharding.spread(np.asarray(v), split)
               for k, v in batch.items()}
      return jax.device_get(run(state, batch, sharding.spread(key, whole),
                                sharding.spread(np.uint32(i), whole)))
  return call


def x_of(made: Any) -> jax.Array:
  """The examples in what a game makes: its 'x', or all of it."""
  return made['x'] if isinstance(made, dict) else made


def chunks(source: Source, n: int, like: Spec, size: int = BATCH
           ) -> Iterator[tuple[Batch, int]]:
  """The first n of a source, shuffled: (batch [size], how many count).

  The last batch is filled up, so that one program serves.

  Args:
    source: looked at without random transforms.
    n: examples.
    like: labels come whole or one-hot as this spec has them.
    size: examples a batch.
  """
  order = np.random.default_rng(0).permutation(len(source))[:n]
  for i in range(0, len(order), size):
    rows = order[i:i + size]
    yield fitted(source.batch(np.resize(rows, size)), like), len(rows)


def fitted(batch: Batch, like: Spec) -> Batch:
  """What a game of data `like` sees of a batch: its keys, its kind of labels.
  """
  batch = {k: v for k, v in batch.items() if k in like.shapes}
  if len(like.shapes.get('y', ())) == 1 and batch['y'].ndim == 1:
    batch['y'] = np.eye(like.classes, dtype=like.dtypes['y'])[batch['y']]
  return batch


def heldout(train: Source, asked: Mapping[str, Any] | None = None) -> Source:
  """Examples that are no part of a training set.

  Args:
    train: the training set.
    asked: arguments of `data.make`; None: the split 'test' of the same name.

  Raises:
    ConfigError: there are none, or they are of another shape.
  """
  spec = train.spec
  if asked is not None:
    found = data.make(**asked)
  elif spec.name in data.POINTS:
    found = data.make(spec.name, split='test', labels=bool(spec.classes))
  else:
    found = None
    if len(spec.shapes.get('x', ())) == 3:
      _, found, how = judges.held_out(train)
      if isinstance(found, judges.Part):    # a part of the training set
        found = None
    if found is None:
      raise errors.ConfigError(
          f'{spec.name!r} ({spec.split}) has no held-out examples that are '
          "found by its name: give them, heldout=dict(name='folder', "
          "path='held_out', size=64) for example, as the data's section does")
  if found.spec.shapes.get('x') != spec.shapes.get('x') or (
      set(spec.shapes) - set(found.spec.shapes) - LABELLED):
    raise errors.ConfigError(
        f'held-out examples have {found.spec.shapes}, and the training data '
        f'{spec.shapes}: give heldout the options of the data')
  return found
