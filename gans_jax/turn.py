"""What changes in a game, and what a player sees and touches of it."""

import zlib
from collections.abc import Callable
from typing import Any

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp

PyTree = Any
Metrics = dict[str, jax.Array]

# The collection of what a pass of a net leaves for its later passes in the same
# move, at the same params; gradients flow through it.
MOVE = 'move'


def once_a_move(module: nn.Module, name: str, make: Callable[[], jax.Array],
                anew: bool = False) -> jax.Array:
  """What the first pass of a move made, for its later passes; see MOVE.

  Args:
    module: of the net; `name` is kept beside its variables.
    name: of what is made.
    make: called where no earlier pass of the move has left it.
    anew: called in any case.
  """
  if not anew and module.has_variable(MOVE, name):
    return module.get_variable(MOVE, name)
  made = make()
  if not module.is_initializing() and module.is_mutable_collection(MOVE):
    module.put_variable(MOVE, name, made)
  return made


@flax.struct.dataclass
class State:
  """Everything that changes during training, and so everything checkpointed."""

  step: jax.Array             # rounds played, int32; never batched over seeds
  key: jax.Array              # root key; a round's key is fold_in(key, step)
  params: dict[str, PyTree]   # by net
  stats: dict[str, PyTree]    # by net: {collection: tree}, BN's and SN's state
  opt: dict[str, PyTree]      # by player
  ema: dict[str, PyTree]      # by net: averaged params
  memory: dict[str, PyTree]   # by name: BEGAN's k, ADA's p, image pools


class Turn:
  """What a player sees when it is to move. Lives inside one trace only.

  Attributes:
    batch: pytree of arrays [n, ...].
    step: rounds played before this one.
    stage: the game's stage, static.
    n: examples in the batch.
    params: by net; gradients flow to those the player owns.
    memory: what losses remembered.
    train: whether nets run in training mode.
    part: (i, k) if the batch is the i-th of k parts of one: its rows i, i + k,
      ...; its noise is that of these rows.
    cutoff: normal noise is drawn from within +-cutoff (BigGAN's truncation).
  """

  def __init__(self, game: Any, state: State, batch: PyTree, key: jax.Array,
               *, params: dict | None = None, stage: Any = None,
               train: bool = True, creating: bool = False,
               cutoff: float | None = None, psi: float = 1.,
               part: tuple[jax.Array, int] | None = None):
    self.batch, self.step, self.stage, self.train = (
        batch, state.step, stage, train)
    self.params = dict(state.params if params is None else params)
    self.stats, self.memory = dict(state.stats), dict(state.memory)
    self.metrics: Metrics = {}
    self.n = jax.tree.leaves(batch)[0].shape[0]
    self.part = part
    self._nets, self._key, self._creating = game.nets, key, creating
    self._spread = game.spread
    self._left: dict[str, PyTree] = {}    # by net, its collection MOVE
    self._keys_given, self.cutoff, self._psi = 0, cutoff, psi
    self.heeded: set[str] = set()    # which of cutoff and psi mattered

  @property
  def psi(self) -> float:
    """How far codes w lie from their mean: 1 as drawn, 0 the mean."""
    self.heeded.add('psi')
    return self._psi

  def key(self) -> jax.Array:
    """A fresh key; the i-th call in a loss always gets the same one."""
    key = self._fresh()
    return key if self.part is None else jax.random.fold_in(key, self.part[0])

  def _fresh(self) -> jax.Array:
    self._keys_given += 1
    return jax.random.fold_in(self._key, self._keys_given)

  def normal(self, *shape: int) -> jax.Array:
    """Standard normal noise [n, *shape], within `cutoff` if there is one."""
    self.heeded.add('cutoff')
    if self.cutoff is None:
      return self._rows(jax.random.normal, shape)
    return self._rows(lambda key, shape: jax.random.truncated_normal(
        key, -self.cutoff, self.cutoff, shape), shape)

  def uniform(self, *shape: int, low: float = -1., high: float = 1.
              ) -> jax.Array:
    """Uniform noise [n, *shape] in [low, high)."""
    return self._rows(lambda key, shape: jax.random.uniform(
        key, shape, minval=low, maxval=high), shape)

  def _rows(self, draw: Callable, shape: tuple[int, ...]) -> jax.Array:
    """Noise [n, *shape]: of a part of a batch, the rows it would have there."""
    if self.part is None:
      return self._spread(draw(self._fresh(), (self.n, *shape)))
    i, k = self.part
    whole = self._spread(draw(self._fresh(), (self.n * k, *shape)))
    return self._spread(whole.reshape(self.n, k, *shape)[:, i])

  def log(self, **values: jax.Array) -> None:
    """Logs the means of `values` as '<player>/<name>'."""
    self.metrics |= {
        k: jnp.mean(jax.lax.stop_gradient(v)) for k, v in values.items()}

  def remember(self, **values: PyTree) -> None:
    """Writes memory; never differentiated."""
    if stray := set(values) - set(self.memory):
      raise ValueError(
          f'remember({sorted(stray)}): give these an initial value in '
          f'Game.memory, which has {sorted(self.memory)}')
    self.memory |= jax.lax.stop_gradient(values)

  def apply(self, name: str, *args, **kwargs):
    """Applies a net, and carries its BN and SN state on to the next call.

    After the move, that state is kept for the nets which the player owns and
    dropped for the others: a move changes nothing that is not its player's.
    """
    kwargs.setdefault('train', self.train)
    rngs = {'dropout': self.key(), 'noise': self.key()}
    if self._creating and name not in self.params:
      # The seed hangs on the name, not on the order of the moves.
      seed = jax.random.fold_in(self._key, zlib.crc32(name.encode()) >> 1)
      out, variables = self._net(name).init_with_output(
          {'params': seed, **rngs}, *args, **kwargs)
      variables = dict(variables)
      self.params[name] = variables.pop('params', {})
      self.stats[name] = variables
      return out
    out, new = self._net(name).apply(
        {'params': self.params[name], **self.stats[name],
         MOVE: self._left.get(name, {})}, *args, rngs=rngs,
        mutable=[*self.stats[name], MOVE], **kwargs)
    if kwargs['train'] and not self._creating:
      new = dict(new)
      self._left[name] = new.pop(MOVE, {})
      self.stats[name] = new
    return out

  def pure(self, name: str, params: PyTree | None = None) -> Callable:
    """The net as a pure function: safe inside jax.grad, vmap and scan.

    Its BN and SN state is read, not written. In `init` the net must have been
    applied before: call `apply` first in a loss that needs both.
    """
    if name not in self.params:
      raise ValueError(f'pure({name!r}) before any apply({name!r}, ...): its '
                       'params do not exist yet')
    variables = {'params': self.params[name], **self.stats[name],
                 MOVE: self._left.get(name, {})}
    if params is not None:
      variables |= {'params': params, MOVE: {}}
    rngs = {'dropout': self.key(), 'noise': self.key()}
    net, collections = self._net(name), list(self.stats[name])

    def fn(*args, **kwargs):
      kwargs.setdefault('train', self.train)
      return net.apply(
          variables, *args, rngs=rngs, mutable=collections, **kwargs)[0]
    return fn

  def _net(self, name: str) -> nn.Module:
    if name not in self._nets:
      raise ValueError(f'{name!r} is no net of this game: {sorted(self._nets)}')
    return self._nets[name]
