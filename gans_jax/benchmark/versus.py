"""Ours against others: the same game on the same nets, in turns.

flax: the same nets on flax.linen's convolutions. torch: the same nets, losses
and optimizers written in PyTorch, eager. seeds: ten seeds in one program
spread over the devices, against ten runs one after another, of ours and, where
it is installed, of PyTorch.

All sides are whole training steps of D and of G, with fresh batches; speeds
are counted in real images (or points) through D.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np

from gans_jax import data, dispatch, errors, optim, sharding
from gans_jax.benchmark import flops
from gans_jax.benchmark.flax_convs import flax_convolutions
from gans_jax.benchmark.timing import Ratio, Side, Spread, alternate
from gans_jax.families import pairs, priors
from gans_jax.families.two_player import two_player
from gans_jax.game import Game, init, init_seeds, play
from gans_jax.losses import adversarial
from gans_jax.systems import dcgan, gan, wgan_gp

# The least ratio that is aimed at, on two CPU cores.
TARGETS = dict(
    flax=dict(dcgan64=4., sn32=2.),
    torch=dict(dcgan64=1., sn32=1.2, sn32_gp=1.3, ring=2.5),
    seeds=dict(ring=4.))
SEEDS = 10


@dataclasses.dataclass(frozen=True)
class Setup:
  """A game to be timed.

  Attributes:
    name: of SETUPS.
    game: it.
    source: of its data.
    batch: examples a batch.
    rounds: of one dispatch.
  """

  name: str
  game: Game
  source: data.Source
  batch: int
  rounds: int = 1


def dcgan64(batch: int = 64, width: int = 128, size: int = 64) -> Setup:
  """DCGAN as published: 64 pixels, the non-saturating loss."""
  source = _pictures(size, batch)
  nets = dict(name='dcgan', width=width, d_width=width // 2)
  return Setup('dcgan64', dcgan.build(source.spec, nets=nets), source, batch)


def sn32(batch: int = 16, width: int = 256, size: int = 32) -> Setup:
  """SN-GAN's ResNets of 32 pixels, hinge loss, one step of D a step of G."""
  source = _pictures(size, batch)
  g, d = pairs.make(source.spec, name='resnet', width=width,
                    d_width=width // 2, spectral=True)
  adam = functools.partial(optim.make, lr=2e-4, b1=0., b2=.9)
  game = two_player(g, d, adversarial.hinge, priors.make('normal', 128),
                    g_tx=adam(), d_tx=adam())
  return Setup('sn32', game, source, batch)


def sn32_gp(batch: int = 16, width: int = 256, size: int = 32) -> Setup:
  """The same nets without spectral norm, Wasserstein loss and penalty."""
  source = _pictures(size, batch)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=.9)
  nets = dict(name='resnet', width=width, d_width=width // 2)
  game = wgan_gp.build(source.spec, nets=nets, n_critic=1, g_optim=adam,
                       d_optim=adam)
  return Setup('sn32_gp', game, source, batch)


def ring(batch: int = 256, width: int = 128, rounds: int = 250) -> Setup:
  """configs/gan_ring.py: points, MLPs of two layers, 250 rounds a dispatch."""
  source = data.make('ring8')
  adam = dict(name='adam', lr=1e-3, b1=.5)
  nets = dict(name='mlp', hidden=(width, width))
  game = gan.build(source.spec, nets=nets, z=8, g_optim=adam, d_optim=adam)
  return Setup('ring', game, source, batch, rounds)


SETUPS: dict[str, Callable[..., Setup]] = dict(
    dcgan64=dcgan64, sn32=sn32, sn32_gp=sn32_gp, ring=ring)


def _pictures(size: int, batch: int) -> data.Source:
  random = np.random.default_rng(0)
  x = random.uniform(-1, 1, (4 * batch, size, size, 3)).astype(np.float32)
  return data.arrays(x, name='random', range=(-1, 1))


class Ours:
  """A setup in training, as gans_jax.train has it: loader and compiled rounds.

  Attributes:
    setup: what is trained.
    state: of its training.
  """

  def __init__(self, setup: Setup, seeds: int = 1, devices: Any = None):
    self.setup = setup
    self._seeds = seeds
    self._mesh = sharding.make_mesh(seeds, devices)
    sharding.check_batch(setup.batch, self._mesh)
    loader = data.Loader(
        setup.source, setup.batch, 0, batches=setup.game.batches,
        rounds=setup.rounds, seeds=seeds)
    example = loader.batch(0)
    one = {k: v[0, :, 0] if seeds > 1 else v[0, 0]
           for k, v in example.items()}
    key = jax.random.key(0)
    start = functools.partial(init, setup.game, key)
    if seeds > 1:
      start = functools.partial(
          init_seeds, setup.game, jax.random.split(key, seeds))
    shardings = sharding.state_sharding(
        self._mesh, jax.eval_shape(start, one), seeds)
    state = jax.jit(start, out_shardings=shardings)(one)
    run = dispatch.compiled(setup.game, state, self._mesh, seeds)
    self._program = run.lower(state, example).compile()
    self.state = state
    self._batches = loader.iterate(0)

  def play(self) -> None:
    """One dispatch; its metrics are read."""
    batch = sharding.put_batch(
        next(self._batches)[1], self._mesh, self._seeds)
    self.state, logged = self._program(self.state, batch)
    jax.device_get(logged)
    jax.block_until_ready(self.state)

  def side(self, name: str) -> Side:
    """Its work counts real images of all seeds."""
    images = self.setup.rounds * self.setup.game.batches * self.setup.batch
    return Side(name, self.play, images * self._seeds)


def work(setup: Setup) -> flops.Count:
  """Arithmetic of a round, on the convolutions of the context it is in."""
  batch = setup.source.spec.zeros(setup.batch)
  state = jax.eval_shape(
      functools.partial(init, setup.game, jax.random.key(0)), batch)
  batches = {k: np.stack([v] * setup.game.batches) for k, v in batch.items()}
  return flops.count(functools.partial(play, setup.game), state, batches)


@dataclasses.dataclass(frozen=True)
class Result:
  """One comparison.

  Attributes:
    title: what was compared.
    unit: of the speeds.
    speeds: by side, ours first.
    ratios: by other side.
    target: the least median ratio that is aimed at, 0 for none.
    notes: lines for the table.
  """

  title: str
  unit: str
  speeds: dict[str, Spread]
  ratios: dict[str, Ratio]
  target: float
  notes: tuple[str, ...] = ()

  @property
  def json(self) -> dict[str, Any]:
    return dict(dataclasses.asdict(self), reached=self.reached)

  @property
  def reached(self) -> bool:
    """Whether the target is reached against every side."""
    return all(r.medians >= self.target for r in self.ratios.values())

  def __str__(self) -> str:
    lines = [self.title]
    lines += [f'  {name:18s} {speed} {self.unit}'
              for name, speed in self.speeds.items()]
    for name, r in self.ratios.items():
      target = '' if not self.target else (
          f'; target >= {self.target:g}x: '
          + ('reached' if r.medians >= self.target else 'MISSED'))
      lines.append(f'  against {name}: {r.medians:.2f}x of medians, by turns '
                   f'{r.pairs.median:.2f}x ({r.pairs.min:.2f} to '
                   f'{r.pairs.max:.2f}){target}')
    return '\n'.join(lines + [f'  {note}' for note in self.notes])


def compare(against: str, nets: Sequence[str] = (), *, batch: int = 0,
            repeats: int = 5, seconds: float = 3., **options: Any
            ) -> Iterator[Result]:
  """Runs comparisons, and yields each when it is done.

  Args:
    against: 'flax', 'torch' or 'seeds'.
    nets: of SETUPS; those with a target by default.
    batch: examples a batch; each setup's own by default.
    repeats: turns of each side.
    seconds: of a turn, about.
    **options: of the setups, such as `width`.

  Raises:
    errors.ConfigError: an unknown name, or PyTorch is needed and not there.
  """
  run = errors.choose('comparison', against, COMPARISONS)
  for name in nets or TARGETS[against]:
    make = errors.choose('nets', name, SETUPS)
    setup = make(**({'batch': batch} if batch else {}), **options)
    sides, title, notes = run(setup, options)
    speeds = alternate(sides, repeats, seconds)
    unit = 'img/s'
    if name == 'ring':    # said in rounds: a point is not an image
      unit = 'rounds/s of a seed' if against == 'seeds' else 'rounds/s'
      speeds = [[v / setup.batch for v in side] for side in speeds]
    names = [side.name for side in sides]
    yield Result(
        f'{title}: {name}, batch {setup.batch}, {repeats} turns each', unit,
        {n: Spread.of(s) for n, s in zip(names, speeds, strict=True)},
        {n: Ratio.of(speeds[0], s)
         for n, s in zip(names[1:], speeds[1:], strict=True)},
        TARGETS[against].get(name, 0.), notes)


def _flax(setup, options):
  del options
  ours = Ours(setup)
  mine = work(setup)
  with flax_convolutions():
    theirs, other = Ours(setup), work(setup)
  note = (f'{mine.flops / 1e9:.4g} GFLOP a round in ours, '
          f'{other.flops / 1e9:.4g} in theirs')
  return ([ours.side('gans_jax'), theirs.side('flax.linen')],
          'against the same nets on flax.linen', (note,))


def _torch(setup, options):
  # Only where it is installed: the extra [parity].
  from gans_jax.benchmark import torch_side
  theirs = torch_side.side(setup, **options)
  ours = Ours(setup)
  return ([ours.side('gans_jax'), theirs],
          'against the same nets in PyTorch, eager',
          (f'{work(setup).flops / 1e9:.4g} GFLOP a round in ours',
           torch_side.describe()))


def _seeds(setup, options):
  together = Ours(setup, seeds=SEEDS)
  alone = Ours(setup, devices=jax.devices()[:1])
  sides = [together.side(f'{SEEDS} seeds at once'),
           alone.side('one run at a time')]
  try:
    from gans_jax.benchmark import torch_side
    sides.append(torch_side.side(setup, **options))
  except errors.ConfigError:
    pass    # where PyTorch is, its runs one after another are a side, too
  return sides, f'{SEEDS} seeds over {jax.device_count()} devices', ()


COMPARISONS = dict(flax=_flax, torch=_torch, seeds=_seeds)
