"""Games between players: the one abstraction every GAN here is written in.

A `Game` is networks, players who own them, and a round of moves. A `Player`
owns the params of some nets and one optimizer over them. A `Move` is one
gradient step of one player on one loss; it may repeat (n_critic) or be skipped
(lazy regularisation). A loss is a function of a `Turn`: all that a player may
see and touch when it is to move. The trainer plays rounds; it knows nothing
about GANs, and nor does this file.

    def d_loss(t):
      fake = t.apply('g', t.normal(64))
      return jnp.mean(t.apply('d', fake)) - jnp.mean(t.apply('d', t.batch['x']))

    def g_loss(t):
      return -jnp.mean(t.apply('d', t.apply('g', t.normal(64))))

    game = Game(
        nets=dict(g=Generator(), d=Critic()),
        players=dict(d=Player(('d',), tx), g=Player(('g',), tx)),
        round=[Move('d', d_loss, repeat=5), Move('g', g_loss)],
        sample=lambda t: dict(x=t.apply('g', t.normal(64))))

    state = init(game, key, batch)
    state, metrics = jax.jit(functools.partial(play, game))(state, batches)
"""

import dataclasses
import functools
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

from gans_jax.turn import Metrics, PyTree, State, Turn

Loss = Callable[['Turn'], jax.Array]


class Player(NamedTuple):
  """Owns the params of some nets, and one optimizer over them."""

  nets: tuple[str, ...]
  tx: optax.GradientTransformation


@dataclasses.dataclass(frozen=True)
class Move:
  """One gradient step of `player` on `loss`.

  Attributes:
    player: who moves; only the nets it owns change.
    loss: Turn -> scalar, minimised; logged as '<player>/<name of the loss>'.
    repeat: how often it is played a round, on a fresh batch each time.
    when: step -> bool; the move is skipped where false. It sees the number of
      rounds played before this one.
    first: which of the round's batches it is given first, from 0 on; None: the
      first for a move that repeats, the last for one that does not. A G whose
      loss is on real data gets fresh data by D's `first=0` and its own 1.
  """

  player: str
  loss: Loss
  repeat: int = 1
  when: Callable[[jax.Array], jax.Array] | None = None
  first: int | None = None

  @property
  def moves(self) -> tuple['Move', ...]:
    return (self,)

  def step(self, game, state, batch, key, stage) -> tuple[State, Metrics]:
    return simultaneous(game, self.moves, state, batch, key, stage)


@dataclasses.dataclass(frozen=True)
class Together:
  """Moves taken at once: all gradients are at the same params.

  A player that makes several of the moves steps once, on their sum. `shared`
  moves see the same noise, as from one forward pass; which it is when losses
  make the same calls, since compilers then find it once.
  """

  moves: tuple[Move, ...]
  repeat: int = 1
  when: Callable[[jax.Array], jax.Array] | None = None
  first: int | None = None
  shared: bool = False

  def __post_init__(self):
    if any(m.repeat != 1 or m.when is not None or m.first is not None
           for m in self.moves):
      raise ValueError(
          'moves taken together repeat and skip together, on one batch: give '
          'repeat, when and first to Together, not to its moves')

  def step(self, game, state, batch, key, stage) -> tuple[State, Metrics]:
    return simultaneous(game, self.moves, state, batch, key, stage,
                        shared=self.shared)


@dataclasses.dataclass(frozen=True)
class Extragradient(Together):
  """Looks ahead one simultaneous step; updates by the gradients found there.

  Korpelevich 1976; for GANs Gidel et al. 2019, "A variational inequality
  perspective on generative adversarial networks", algorithm 1. Both gradients
  are on the same batch and the same noise.
  """

  def step(self, game, state, batch, key, stage) -> tuple[State, Metrics]:
    ahead, _ = super().step(game, state, batch, key, stage)
    return simultaneous(game, self.moves, state, batch, key, stage,
                        at=ahead.params, shared=self.shared)


class Latent(NamedTuple):
  """A space of codes that a game decodes: z, or the w of a style generator.

  For path lengths, interpolation, inversion: `sample` is decode(t, draw(t)).
  `of_normal` maps standard normal noise to codes as `draw` draws them. Spaces
  of a few codes (InfoGAN's c) have `values` [k, ...] for a traversal to go
  through; theirs decode with the turn's own draw of all else.
  """

  draw: Callable[['Turn'], jax.Array]                # -> codes [n, ...]
  decode: Callable[['Turn', jax.Array], PyTree]      # as `Game.sample`
  spherical: bool = False    # whether codes are interpolated on a sphere
  of_normal: Callable[[jax.Array], jax.Array] | None = None
  values: Any = None


@dataclasses.dataclass(frozen=True)
class Game:
  """Networks, players who own them, and a round of moves.

  Attributes:
    nets: Linen modules by name, each called as net(*args, train=bool).
    players: who owns which nets. A net that no player owns is frozen.
    round: moves in the order in which they are played.
    sample: Turn -> pytree of what the game makes, with a leading batch axis.
    ema: by net, the decay of the average of its params after each round: a
      number, or a function of the step.
    memory: initial values of what losses remember from turn to turn.
    after: (memory, step) -> memory at the end of a round: controllers that
      look across players (ADA's p).
    stage: step -> hashable; static, so a new value compiles a new program
      (progressive growing).
    latents: spaces of codes by name.
    critic: Turn -> D's logits of the examples of the batch.
    heads: by name, Turn -> what else D says of them: logits of classes, ...
    encoders: by name of a latent space, Turn -> codes of the examples of the
      batch, such that the space's `decode` reconstructs them.
    features: by name, Turn -> [n, k]: representations of the examples, for
      linear probes and nearest neighbours.
    accumulate: parts of a batch whose gradients are taken one after another,
      and averaged, in a part of the memory; see `_averaged`.
    spread: lays noise [n, ...] over devices as batches are. Set by the program
      over a mesh that plays the game; left to itself every device would draw
      all of the noise, and run all of G on it.
  """

  nets: Mapping[str, nn.Module]
  players: Mapping[str, Player]
  round: Sequence[Move | Together]
  sample: Callable[['Turn'], PyTree]
  ema: Mapping[str, float | Callable[[jax.Array], jax.Array]] = (
      dataclasses.field(default_factory=dict))
  memory: Mapping[str, PyTree] = dataclasses.field(default_factory=dict)
  after: Callable[[dict, jax.Array], dict] | None = None
  stage: Callable[[int], Any] = lambda step: None
  latents: Mapping[str, Latent] = dataclasses.field(default_factory=dict)
  critic: Callable[['Turn'], jax.Array] | None = None
  heads: Mapping[str, Callable[['Turn'], jax.Array]] = (
      dataclasses.field(default_factory=dict))
  encoders: Mapping[str, Callable[['Turn'], PyTree]] = (
      dataclasses.field(default_factory=dict))
  features: Mapping[str, Callable[['Turn'], jax.Array]] = (
      dataclasses.field(default_factory=dict))
  accumulate: int = 1
  spread: Callable[[jax.Array], jax.Array] = lambda x: x

  def __post_init__(self):
    """Finds at once what would otherwise fail deep inside a trace."""
    owners: dict[str, str] = {}
    for name, player in self.players.items():
      for net in player.nets:
        if net not in self.nets:
          raise ValueError(f'player {name!r} owns {net!r}, which is no net of '
                           f'this game: {sorted(self.nets)}')
        if net in owners:
          raise ValueError(f'net {net!r} is owned by {owners[net]!r} and by '
                           f'{name!r}; a net has one owner')
        owners[net] = name
    for item in self.round:
      for move in getattr(item, 'moves', ()):
        if move.player not in self.players:
          raise ValueError(f'a move of {move.player!r}, who is no player of '
                           f'this game: {sorted(self.players)}')
    if stray := set(self.encoders) - set(self.latents):
      raise ValueError(f'encoders into {sorted(stray)}, which are no latent '
                       f'spaces of this game: {sorted(self.latents)}')
    if stray := set(self.ema) - set(self.nets):
      raise ValueError(f'ema of {sorted(stray)}, which are no nets of this '
                       f'game: {sorted(self.nets)}')

  @property
  def batches(self) -> int:
    """Batches a round consumes: the leading axis of what `play` is given."""
    return max((item.first or 0) + item.repeat for item in self.round)

  @property
  def frozen(self) -> tuple[str, ...]:
    """Nets that no player owns; left out of checkpoints."""
    owned = {net for player in self.players.values() for net in player.nets}
    return tuple(sorted(set(self.nets) - owned))


def init(game: Game, key: jax.Array, batch: PyTree, stage: Any = None
         ) -> State:
  """The initial state, found by playing every loss once.

  Args:
    game: the game.
    key: root key of everything random in the run.
    batch: one batch [n, ...]; its values matter only to data-dependent
      initialisation.
    stage: static stage of the game.

  Returns:
    State at step 0.
  """
  # Without weak types, on which the second round would be traced again.
  strong = lambda x: jnp.asarray(x, jnp.asarray(x).dtype)
  blank = State(step=jnp.zeros((), jnp.int32), key=key, params={}, stats={},
                opt={}, ema={}, memory=jax.tree.map(strong, dict(game.memory)))
  turn = Turn(game, blank, batch, key, stage=stage, creating=True)
  for item in game.round:
    for move in getattr(item, 'moves', ()):
      move.loss(turn)
  game.sample(turn)    # a net may be used there alone
  return blank.replace(
      params=turn.params, stats=turn.stats,
      opt={name: _seeded(key, name, player.tx.init(
          {n: turn.params[n] for n in player.nets}))
           for name, player in game.players.items()},
      # Copies: donated buffers must not be shared.
      ema={n: jax.tree.map(jnp.copy, turn.params[n]) for n in game.ema})


def _seeded(key, player, opt):
  """An optimizer's state, its PRNG keys (a sampler's) made of the run's."""
  key = jax.random.fold_in(key, zlib.crc32(player.encode()) >> 1)
  return jax.tree.map(
      lambda x: jax.random.fold_in(key, 0) if jnp.issubdtype(
          x.dtype, jax.dtypes.prng_key) else x, opt)


def _gradients(game, move, state, batch, key, stage, part=None):
  """Gradient of one move, and the stats, memory and metrics it leaves."""
  own = {n: state.params[n] for n in game.players[move.player].nets}

  def objective(own):
    turn = Turn(game, state, batch, key, params={**state.params, **own},
                stage=stage, part=part)
    loss = move.loss(turn)
    stats = {**state.stats, **{n: turn.stats[n] for n in own}}
    # nan in the metrics means "not played"; a loss that broke shows as inf.
    turn.log(**{move.loss.__name__: jnp.where(
        jnp.isfinite(loss), loss, jnp.inf)})
    metrics = {f'{move.player}/{k}': v for k, v in turn.metrics.items()}
    return loss, (stats, turn.memory, metrics)

  return jax.grad(objective, has_aux=True)(own)


def _averaged(game, move, state, batch, key, stage):
  """`_gradients`, of the batch in `game.accumulate` parts one after another.

  Within float order they are those of the whole batch where the loss is a mean
  over examples whose randomness is the turn's noise, and nets have no
  BatchNorm. BatchNorm, and a loss that compares the examples of a batch, see
  the parts, and keys (of dropout, augmentations, points of a penalty) are
  theirs. Statistics and scalars in memory (BEGAN's k) are averages of what each
  part made of those of before; what else is in memory (pools of pictures) goes
  from part to part. Items of a round with a `step` of their own (boosting,
  chains) take a batch whole.
  """
  k = game.accumulate
  if k == 1:
    return _gradients(game, move, state, batch, key, stage)
  # Strided, so that each device has its share of every part.
  parts = jax.tree.map(lambda x: jnp.moveaxis(
      x.reshape(x.shape[0] // k, k, *x.shape[1:]), 1, 0), batch)
  scalar = lambda x: x.ndim == 0 and jnp.issubdtype(x.dtype, jnp.floating)
  mean = lambda tree: jax.tree.map(
      lambda x: jnp.mean(x, 0) if jnp.issubdtype(x.dtype, jnp.floating)
      else x[-1], tree)

  def body(carry, xs):
    total, memory = carry
    i, part = xs
    g, (stats, left, metrics) = _gradients(
        game, move, state.replace(memory=memory),
        jax.tree.map(game.spread, part), key, stage, (i, k))
    memory = jax.tree.map(
        lambda new, old: old if scalar(old) else new, left, memory)
    return (optax.tree.add(total, g), memory), (stats, left, metrics)

  own = {n: state.params[n] for n in game.players[move.player].nets}
  (total, memory), (stats, left, metrics) = jax.lax.scan(
      body, (optax.tree.zeros_like(own), state.memory),
      (jnp.arange(k), parts))
  memory = jax.tree.map(
      lambda last, each: mean(each) if scalar(last) else last, memory, left)
  return optax.tree.scale(1 / k, total), (mean(stats), memory, mean(metrics))


def simultaneous(game: Game, moves: Sequence[Move], state: State,
                 batch: PyTree, key: jax.Array, stage: Any = None,
                 at: dict | None = None, shared: bool = False
                 ) -> tuple[State, Metrics]:
  """Plays `moves` once, with every gradient at the same params.

  Args:
    game: the game.
    moves: one or more.
    state: updates start here.
    batch: [n, ...].
    key: of these moves.
    stage: static stage.
    at: params at which gradients are taken; those of `state` by default.
    shared: whether all moves see the same noise.

  Returns:
    The next state (its step not yet counted) and metrics.
  """
  params, opt = dict(state.params), dict(state.opt)
  grads: dict[str, PyTree] = {}
  metrics: Metrics = {}
  seen = state.replace(params=params if at is None else at)
  for i, move in enumerate(moves):
    g, (stats, memory, logged) = _averaged(
        game, move, seen, batch,
        key if shared else jax.random.fold_in(key, i), stage)
    seen = seen.replace(stats=stats, memory=memory)
    metrics |= logged
    grads[move.player] = (
        optax.tree.add(grads[move.player], g) if move.player in grads else g)
  for name, g in grads.items():
    player = game.players[name]
    own = {n: state.params[n] for n in player.nets}
    updates, opt[name] = player.tx.update(g, state.opt[name], own)
    params |= optax.apply_updates(own, updates)
  return seen.replace(params=params, opt=opt), metrics


def _play_item(game, item, stage, state, batches, key):
  """Plays an item of the round `item.repeat` times, each on its own batch."""
  start = item.first
  if item.repeat == 1:
    at = -1 if start is None else start
    batch = jax.tree.map(lambda x: x[at], batches)
    return item.step(game, state, batch, key, stage)

  def body(state, xs):
    i, batch = xs
    return item.step(game, state, batch, jax.random.fold_in(key, i), stage)

  start = start or 0
  own = jax.tree.map(lambda x: x[start:start + item.repeat], batches)
  state, metrics = jax.lax.scan(body, state, (jnp.arange(item.repeat), own))
  return state, jax.tree.map(jnp.mean, metrics)


def play(game: Game, state: State, batches: PyTree, stage: Any = None
         ) -> tuple[State, Metrics]:
  """Plays one round. Pure: jit, vmap or scan it.

  Args:
    game: the game; static.
    state: of `init` or of an earlier round.
    batches: [game.batches, n, ...]; an item that repeats k times takes the
      first k, one that does not takes the last, unless its `first` says
      otherwise.
    stage: static stage of the game at this step.

  Returns:
    The next state, and metrics: scalars by '<player>/<name>', nan for moves
    that were skipped, inf for a loss that was not finite.
  """
  key, metrics = jax.random.fold_in(state.key, state.step), {}
  for i, item in enumerate(game.round):
    run = functools.partial(_play_item, game, item, stage)
    item_key = jax.random.fold_in(key, i)
    if item.when is None:
      state, logged = run(state, batches, item_key)
    else:
      def skip(state, batches, key, run=run):
        shapes = jax.eval_shape(run, state, batches, key)[1]
        return state, jax.tree.map(
            lambda s: jnp.full(s.shape, jnp.nan, s.dtype), shapes)
      state, logged = jax.lax.cond(
          item.when(state.step), run, skip, state, batches, item_key)
    metrics |= logged
  if game.after is not None:
    state = state.replace(memory=game.after(state.memory, state.step))
  ema = {}
  for name, decay in game.ema.items():
    decay = decay(state.step) if callable(decay) else decay
    ema[name] = optax.incremental_update(
        state.params[name], state.ema[name], 1 - decay)
  return state.replace(step=state.step + 1, ema=ema), metrics


def sample(game: Game, state: State, batch: PyTree, key: jax.Array,
           stage: Any = None, ema: bool = True, train: bool = False,
           cutoff: float | None = None, psi: float = 1.) -> PyTree:
  """What the game makes, for each example of `batch`.

  Args:
    game: the game.
    state: its state.
    batch: conditions [n, ...] (labels, source pictures); for games without
      any, only its size matters.
    key: of the noise.
    stage: static stage.
    ema: whether averaged params are used for the nets that have them.
    train: nets in training mode: BN by the statistics of this batch.
    cutoff: normal noise from within +-cutoff (Brock et al. 2019, 3.1).
    psi: truncation of w (Karras et al. 2019, appendix B).

  Returns:
    The pytree of `game.sample`.

  Raises:
    ValueError: a cutoff or psi that this game has no use for.
  """
  params = {**state.params, **(state.ema if ema else {})}
  turn = Turn(game, state, batch, key, params=params, stage=stage,
              train=train, cutoff=cutoff, psi=psi)
  made = game.sample(turn)
  asked = {k for k, on in dict(cutoff=cutoff is not None, psi=psi != 1).items()
           if on}
  if stray := asked - turn.heeded:
    raise ValueError(f'this game samples without {", ".join(sorted(stray))}')
  return made


# Axes of a state of many seeds: every leaf but `step` has a leading axis.
SEEDS = State(step=None, key=0, params=0, stats=0, opt=0, ema=0, memory=0)


def init_seeds(game: Game, keys: jax.Array, batch: PyTree, stage: Any = None
               ) -> State:
  """`init` for each of `keys` [seeds], on batches [seeds, n, ...]."""
  return jax.vmap(lambda k, b: init(game, k, b, stage), out_axes=SEEDS)(
      keys, batch)


def play_seeds(game: Game, state: State, batches: PyTree, stage: Any = None
               ) -> tuple[State, Metrics]:
  """`play` for each seed, on batches [seeds, game.batches, n, ...].

  The step is not batched, so a skipped move is really skipped.
  """
  return jax.vmap(lambda s, b: play(game, s, b, stage),
                  in_axes=(SEEDS, 0), out_axes=(SEEDS, 0))(state, batches)


def take_seed(state: State, i: int) -> State:
  """The state of seed `i`, as a single run would have it."""
  pick = lambda tree: jax.tree.map(lambda x: x[i], tree)
  return State(step=state.step, **{
      f: pick(getattr(state, f))
      for f in ('key', 'params', 'stats', 'opt', 'ema', 'memory')})
