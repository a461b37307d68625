"""Draws samples from a game, by one compiled program."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from gans_jax import errors, sharding
from gans_jax import game as game_lib
from gans_jax.data.spec import Batch, Source, Spec
from gans_jax.eval import langevin as chains
from gans_jax.eval import standing

LABELS = ('data', 'uniform')
STATISTICS = ('running', 'batch', 'standing')
STREAM = 2 ** 30    # batches that are no samples are numbered from here


class Mode(NamedTuple):
  """How samples are drawn where that changes scores; part of the protocol.

  Attributes:
    cutoff: normal noise from within +-cutoff; BigGAN's truncation. None: all.
    psi: truncation of w towards its mean; 1: none.
    statistics: of BatchNorm: 'running' averages of training; of each 'batch'
      that is sampled; 'standing': averages over batches that are sampled with
      the very params (Brock et al. 2019, section 4).
    labels: as the 'data' has them, or 'uniform'.
    langevin: a chain of z that D drives, or None.
  """

  cutoff: float | None = None
  psi: float = 1.
  statistics: str = 'running'
  labels: str = 'data'
  langevin: chains.Langevin | None = None

  @classmethod
  def of(cls, options: Mapping[str, Any], where: str) -> 'Mode':
    """The mode of a config's `mode` section.

    Raises:
      ConfigError: a name that a mode does not have.
    """
    for name in options:
      if name not in cls._fields:
        errors.unknown(f'key of {where}', name, cls._fields)
    chain = options.get('langevin')
    if chain is not None:
      options = {**options, 'langevin': chains.make(
          chain, f'{where}.langevin')}
    return cls(**options)

  def stamp(self) -> dict[str, Any]:
    """For the protocol of a metric; a chain only if there is one."""
    fields = self._asdict()
    chain = fields.pop('langevin')
    return fields if chain is None else {
        **fields, 'langevin': chain._asdict()}

  def check(self, spec: Spec) -> None:
    """Raises ConfigError if this makes no sense."""
    for name, value, allowed in (
        ('statistics of BatchNorm', self.statistics, STATISTICS),
        ('labels', self.labels, LABELS)):
      if value not in allowed:
        errors.unknown(name, value, allowed)
    if self.cutoff is not None and self.cutoff <= 0:
      raise errors.ConfigError(f'cutoff={self.cutoff} must be above 0')
    if self.langevin and (self.cutoff is not None or self.psi != 1):
      raise errors.ConfigError(
          'a Langevin chain leaves where cutoff and psi put z: choose one')
    if self.labels == 'uniform' and not spec.classes:
      raise errors.ConfigError(
          f'uniform labels of {spec.name!r}, which has no labels')


MODE = Mode()


class Sampler:
  """Turns states of a game into functions that draw samples.

  Conditions (labels, pictures to translate) come from the source in an order
  shuffled by `seed`, so labels follow the data's prior. All draws of all
  states run one program per stage, whatever their number and with or without
  averaged params: the last batch is filled up and cut.

  Args:
    game: the game.
    source: of the conditions; for games without any only its spec matters.
    batch_size: samples a batch. Noise is drawn by the batch, so samples depend
      on it (but not on the number of devices).
    mesh: over whose 'data' axis a batch is split; None: no mesh.
    seed: of the order of the conditions.

  Raises:
    ConfigError: the devices don't divide the batch.
  """

  def __init__(self, game: game_lib.Game, source: Source,
               batch_size: int = 256, mesh: jax.sharding.Mesh | None = None,
               seed: int = 0):
    if mesh is not None:
      sharding.check_batch(batch_size, mesh)
    self.source, self.batch_size, self.seed = source, batch_size, seed
    self._whole = self._split = None
    if mesh is not None:
      self._whole = NamedSharding(mesh, PartitionSpec())
      self._split = NamedSharding(mesh, PartitionSpec('data'))

    def sample(state, batch, key, i, impl, stage, mode):
      key = jax.random.fold_in(jax.random.wrap_key_data(key, impl=impl), i)
      if mode.langevin:
        return chains.sample(game, state, batch, key, mode.langevin, stage,
                             train=mode.statistics == 'batch')
      # ema=False: `draw` has already put averaged params in their places.
      return game_lib.sample(
          game, state, batch, key, stage, ema=False,
          train=mode.statistics == 'batch', cutoff=mode.cutoff, psi=mode.psi)

    def stand(state, batch, key, i, impl, stage, mode):
      key = jax.random.fold_in(jax.random.wrap_key_data(key, impl=impl), i)
      return standing.statistics(game, state, batch, key, stage)

    jit = functools.partial(
        jax.jit, static_argnames=('impl', 'stage', 'mode'),
        out_shardings=self._whole)
    self._sample, self._stand, self._game = jit(sample), jit(stand), game

  def draw(self, state: game_lib.State, key: jax.Array, *, ema: bool = True,
           stage: Any = None, mode: Mode = MODE) -> 'Draw':
    """A function that draws from `state`.

    Args:
      state: of the game; read when drawing, so draw before its buffers are
        donated to the next round.
      key: of the noise: the same key gives the same samples.
      ema: whether averaged params are used for the nets that have them.
      stage: static stage of the game.
      mode: how, where that changes scores.

    Raises:
      ConfigError: a mode that makes no sense for this game or its data.
    """
    mode.check(self.source.spec)
    if mode.langevin:
      chains.check_game(self._game)
    params = {**state.params, **(state.ema if ema else {})}
    state = state.replace(params=params, ema={}, opt={})
    # As plain numbers, which can be put on the devices of other processes.
    impl, key = jax.random.key_impl(key), jax.device_get(
        jax.random.key_data(key))
    static = dict(impl=impl, stage=stage, mode=mode)
    if mode.statistics == 'standing':
      state = standing.replace(state, (
          self._run(self._stand, state, key, static, STREAM + i,
                    self._conditions(STREAM + i, mode))
          for i in range(standing.BATCHES)))
    run = functools.partial(self._run, self._sample, state, key, static)
    protocol = dict(ema=bool(ema), draw_seed=self.seed, **mode.stamp())
    # Else it decides which noise is drawn, and not what is made of it.
    if mode.statistics != 'running' or mode.langevin:
      protocol['draw_batch'] = self.batch_size
    if stage is not None:
      protocol['stage'] = str(stage)
    return Draw(self, run, protocol, mode)

  def _conditions(self, i: int, mode: Mode) -> Batch:
    """What batch `i` is conditioned on."""
    batch = self.source.batch(self.indices(i))
    if mode.labels == 'uniform':
      classes = self.source.spec.classes
      y = np.random.default_rng([self.seed, i, 1]).integers(
          classes, size=self.batch_size)
      batch = {**batch, 'y': _like(y, batch['y'], classes)}
    return batch

  def indices(self, i: int) -> np.ndarray:
    """Which examples of the source condition batch `i`."""
    size, start = len(self.source), i * self.batch_size
    place = np.arange(start, start + self.batch_size)
    order = np.empty_like(place)
    for epoch in np.unique(place // size):
      now = place // size == epoch
      rng = np.random.default_rng([self.seed, int(epoch)])
      order[now] = rng.permutation(size)[place[now] % size]
    return order

  def _run(self, program, state, key, static, i: int, batch: Batch) -> Batch:
    # Explicit transfers, for loops that run under jax.transfer_guard.
    with jax.transfer_guard('allow'):
      batch = {k: sharding.spread(v, self._split) for k, v in batch.items()}
      key, i = (sharding.spread(v, self._whole)
                for v in (key, np.asarray(i, np.uint32)))
    try:
      out = jax.device_get(program(state, batch, key, i, **static))
    except ValueError as error:
      if 'samples without' in str(error):    # of game.sample
        raise errors.ConfigError(str(error)) from error
      raise
    return out if isinstance(out, dict) else {'x': out}


class Draw:
  """Draws samples: `draw(n)` is a dict of arrays with leading axis n.

  `draw(n)` is the beginning of `draw(m)` for n <= m.

  Attributes:
    protocol: how samples are drawn, for the stamp of a metric.
  """

  def __init__(self, sampler: Sampler, run, protocol: dict[str, Any],
               mode: Mode = MODE):
    self.protocol, self.batch_size = protocol, sampler.batch_size
    self._sampler, self._run, self._mode = sampler, run, mode

  def __call__(self, n: int, labels: int | Sequence[int] | None = None
               ) -> Batch:
    """Draws n samples.

    Args:
      n: how many.
      labels: what to ask a conditional game for, one for each sample or one
        for all; None: as the data has them.

    Returns:
      What the game's `sample` makes, {'x': [n, ...]}, and 'y' if it is
      conditional; float arrays of whatever type the game makes.

    Raises:
      ConfigError: labels asked of data without labels or of a game that
        samples without them, or labels out of range.
    """
    parts = list(self.batches(n, labels))
    return jax.tree.map(lambda *x: np.concatenate(x), *parts)

  def batches(self, n: int, labels: int | Sequence[int] | None = None
              ) -> Iterator[Batch]:
    """The same by batches, for numbers that memory can't hold."""
    if n < 1:
      raise errors.ConfigError(f'{n} samples asked for; at least 1 is needed')
    if labels is not None:
      labels = check_labels(labels, n, self._sampler.source.spec)
    for i in range(-(-n // self.batch_size)):
      yield self.part(i, n, labels)

  def given(self, i: int, **more: np.ndarray) -> Batch:
    """Batch `i`, whole, of conditions with `more` among them: codes."""
    conditions = self._sampler._conditions(i, self._mode)
    return self._run(i, {**conditions, **more})

  def part(self, i: int, n: int, labels: np.ndarray | None = None) -> Batch:
    """Batch `i` of `batches(n, labels)`, without those before it."""
    size = self.batch_size
    batch = self._sampler._conditions(i, self._mode)
    take = min(size, n - i * size)
    if labels is not None:
      wanted = labels[i * size:i * size + take]
      wanted = np.resize(wanted, size)    # what is added is cut again
      batch = {**batch, 'y': _like(
          wanted, batch['y'], self._sampler.source.spec.classes)}
    out = self._run(i, batch)
    if labels is not None and 'y' not in out:
      raise errors.ConfigError(
          'labels asked of a game that is not conditional: its sample '
          f'returns {", ".join(out)}, no y')
    return jax.tree.map(lambda x: x[:take], out)


def check_labels(labels: int | Sequence[int], n: int, spec) -> np.ndarray:
  """Labels [n] int; ConfigError if the data has none or others."""
  if not spec.classes:
    raise errors.ConfigError(
        f'labels asked of {spec.name!r}, which has no labels')
  labels = np.asarray(labels)
  if labels.ndim == 0:
    labels = np.full(n, labels)
  if labels.shape != (n,) or labels.dtype.kind not in 'iu':
    raise errors.ConfigError(
        f'{n} samples need one label or {n} whole numbers, not '
        f'{labels.dtype} {list(labels.shape)}')
  if labels.min() < 0 or labels.max() >= spec.classes:
    raise errors.ConfigError(
        f'labels of {spec.name!r} are 0 to {spec.classes - 1}, not '
        f'{labels.min()} to {labels.max()}')
  return labels


def _like(labels: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
  """Whole labels in the form of the source's: whole, or one-hot."""
  if y.ndim == 2:
    return np.eye(classes, dtype=y.dtype)[labels]
  return labels.astype(y.dtype)
