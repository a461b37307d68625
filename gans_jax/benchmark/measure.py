"""Measures the compiled round of a config, and the loop around it."""

import contextlib
import dataclasses
import functools
import inspect
import os
import pathlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax.experimental.compilation_cache import compilation_cache

from gans_jax import config as configs
from gans_jax import data, environment, errors, experiment, images, metrics
from gans_jax import dispatch, sharding, train
from gans_jax.benchmark import flops
from gans_jax.benchmark.report import Measurement
from gans_jax.benchmark.timing import Spread, clock
from gans_jax.game import play, play_seeds

SECONDS = 1.5      # of a timed run, about, where --rounds does not say
PICTURES = 256     # random ones, where the data set isn't there
# Data that comes from outside: (pixels, 0 for any, and channels).
OUTSIDE = dict(fashion_mnist=(28, 1), folder=(0, 3), mnist=(28, 1), tfds=(0, 3))


@dataclasses.dataclass(frozen=True)
class Compiled:
  """The rounds of one dispatch, compiled without the cache.

  Attributes:
    run: the program, (state, batch) -> (state, metrics).
    trace, lower, compile: seconds.
    compiler: XLA's own {'flops', 'bytes accessed'}; the bodies of loops, and
      so of the loop over rounds, count once.
    memory: bytes of arguments, results and temporaries on one device; what
      is donated counts once.
    collectives: {operation: (count, bytes)} of a round.
  """

  run: Any
  trace: float
  lower: float
  compile: float
  compiler: dict[str, float]
  memory: int
  collectives: dict[str, tuple[int, int]]


def measure(config: Any, *, rounds: int = 0, repeats: int = 5, size: int = 32,
            loop: bool = True) -> Measurement:
  """Measures the training of a config on the devices that are there.

  Args:
    config: see gans_jax.config.
    rounds: of a timed run; 0 for about 1.5 seconds of them. A dispatch of
      `config.rounds` is the least.
    repeats: timed runs.
    size: pixels of the random pictures that stand in for a data set that is
      not on this machine, if its config does not say.
    loop: also run the real training loop, in a temporary workdir.

  Returns:
    What was measured.

  Raises:
    errors.ConfigError: a mistake in the config.
  """
  with contextlib.ExitStack() as stack:
    config, stand_in = stack.enter_context(with_data(config, size))
    bench = Bench(config)
    compiled = bench.compile()
    state, batch = bench.fresh(), bench.batch()
    run = _Runner(bench, compiled.run, state, batch)
    run(bench.rounds)
    once = clock(lambda: run(bench.rounds))
    rounds = rounds or SECONDS * bench.rounds / once
    rounds = max(1, round(rounds / bench.rounds)) * bench.rounds
    bare, looped = [], []
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    # The loop takes seconds to start: a few of it are enough.
    loops = min(repeats, 3) if loop else 0
    for i in range(repeats):
      bare.append(clock(lambda: run(rounds)) / rounds)
      if i < loops:
        looped.append(bench.loop(pathlib.Path(folder) / 'run', rounds))
    return _result(bench, compiled, bare, looped, rounds, stand_in)


class Bench:
  """One config, built, and what is timed of it."""

  def __init__(self, config: Any):
    self.exp = experiment.build(config)
    self.c, self.game = self.exp.config, self.exp.game
    self.seeds, self.rounds = self.c['seeds'], self.c['rounds']
    self.stage = self.game.stage(0)
    self.mesh = sharding.of_config(self.c)
    sharding.check_batch(
        self.c['batch'], self.mesh, self.c['mesh']['accumulate'])
    self.loader = data.Loader(
        self.exp.source, self.c['batch'], self.c['seed'],
        batches=self.game.batches, rounds=self.rounds, seeds=self.seeds,
        shard=sharding.local_shard(self.mesh))
    # Real pictures that pass D in a round, of all seeds.
    self.images = self.game.batches * self.c['batch'] * self.seeds

  def batch(self):
    """The first dispatch's batches, on the devices."""
    return sharding.put_batch(self.loader.batch(0), self.mesh, self.seeds)

  def fresh(self):
    """The initial state, on the devices."""
    shardings = sharding.of_state(
        self.mesh, jax.eval_shape(self.exp.init), self.c)
    return jax.jit(self.exp.init, out_shardings=shardings)()

  def compile(self) -> Compiled:
    """Compiles a dispatch, with no help from earlier runs."""
    state = jax.eval_shape(self.exp.init)
    batch = jax.eval_shape(lambda: self.loader.batch(0))
    program = dispatch.compiled(
        self.game, state, self.mesh, self.seeds, self.stage,
        self.c['mesh']['fsdp'])
    with no_cache():
      times = [time.perf_counter()]
      traced = program.trace(state, batch)
      times.append(time.perf_counter())
      lowered = traced.lower()
      times.append(time.perf_counter())
      compiled = lowered.compile()
      times.append(time.perf_counter())
    analysis = compiled.cost_analysis() or {}
    if isinstance(analysis, (list, tuple)):
      analysis = analysis[0]
    return Compiled(
        compiled, *np.diff(times).tolist(),
        {k: float(analysis[k]) for k in ('flops', 'bytes accessed')
         if k in analysis}, program_bytes(compiled),
        sharding.collectives(compiled))

  def count(self) -> flops.Count:
    """Arithmetic of a round."""
    one = functools.partial(play_seeds if self.seeds > 1 else play, self.game,
                            stage=self.stage)
    state = jax.eval_shape(self.exp.init)
    batches = jax.eval_shape(
        lambda: {k: v[0] for k, v in self.loader.batch(0).items()})
    return flops.count(one, state, batches)

  def loop(self, workdir: pathlib.Path, rounds: int) -> float:
    """Seconds a round of the real training loop.

    With its loader, logging and writers, going on where `workdir` was left;
    without what happens between dispatches at given times (evaluation,
    pictures, checkpoints), which a config may make as rare as it likes. The
    rounds up to the first row of metrics, which compile, are left out.
    """
    row = min(self.c['log']['every'], rounds)
    row = -(-row // self.rounds) * self.rounds    # in whole dispatches
    start = 0
    if (workdir / experiment.CONFIG).exists():
      start = experiment.load(workdir)['steps']
    steps = start + row * (1 + -(-rounds // row))
    train.train({**self.c, 'steps': steps, 'evals': {}, 'accept': {},
                 'log': dict(self.c['log'], every=row),
                 'samples': dict(self.c['samples'], every=steps, n=4),
                 'checkpoint': dict(self.c['checkpoint'], every=steps, keep=1,
                                    best='')},
                workdir, progress=False)
    rows = [r for r in metrics.read_rows(workdir)
            if r['kind'] == 'train' and r['step'] > start]
    return ((rows[-1]['time'] - rows[0]['time'])
            / (rows[-1]['step'] - rows[0]['step']))


class _Runner:
  """Plays bare compiled rounds on one batch, which stays on the devices."""

  def __init__(self, bench, program, state, batch):
    self.size, self.program = bench.rounds, program
    self.state, self.batch = state, batch

  def __call__(self, rounds: int) -> None:
    for _ in range(rounds // self.size):
      self.state, logged = self.program(self.state, self.batch)
    jax.block_until_ready((self.state, logged))


def program_bytes(compiled: Any) -> int:
  """Of arguments, results and temporaries on one device; donated ones once."""
  m = compiled.memory_analysis()
  return int(m and (m.argument_size_in_bytes + m.output_size_in_bytes
                    + m.temp_size_in_bytes - m.alias_size_in_bytes) or 0)


@contextlib.contextmanager
def no_cache() -> Iterator[None]:
  """Within it nothing is read from the persistent compilation cache."""
  before = jax.config.jax_enable_compilation_cache
  jax.config.update('jax_enable_compilation_cache', False)
  compilation_cache.reset_cache()
  try:
    yield
  finally:
    jax.config.update('jax_enable_compilation_cache', before)
    compilation_cache.reset_cache()


@contextlib.contextmanager
def with_data(config: Any, size: int) -> Iterator[tuple[dict, str]]:
  """The config, on random pictures if its data set is not on this machine.

  They are PNGs in a temporary folder, so that the loader does its usual work.

  Args:
    config: see gans_jax.config.
    size: pixels, where the config's data has no `size`.

  Yields:
    (config as JSON has it, what stands in for its data or '').
  """
  config = configs.plain(config)
  options = dict(config['data'])
  name = options.pop('name')
  try:
    data.make(name, **options)
    yield config, ''
    return
  except errors.ConfigError as e:
    if name not in OUTSIDE or os.path.exists(options.get('path', '')):
      raise
    why = str(e).splitlines()[0]
  # Options of its own go; those of all pictures (size, flip) stay.
  own = inspect.signature(data.PICTURES[name]).parameters
  options = {k: v for k, v in options.items() if k not in own}
  pixels, channels = OUTSIDE[name]
  shape = (pixels or size, pixels or size, channels)
  if 'size' not in options:
    options['size'] = shape[0]
  with tempfile.TemporaryDirectory() as folder:
    random = np.random.default_rng(0)
    for i in range(PICTURES):
      images.save_png(
          pathlib.Path(folder) / f'class{i % 10}' / f'{i:04d}.png',
          random.integers(0, 256, shape, np.uint8))
    yield ({**config, 'data': dict(options, name='folder', path=folder)},
           f'{PICTURES} random pictures ({why})')


def _result(bench, compiled, bare, looped, rounds, stand_in
            ) -> Measurement:
  counted, c = bench.count(), bench.c
  speed = Spread.of([1 / t for t in bare])
  stats = jax.devices()[0].memory_stats() or {}
  overheads = [b / a - 1 for a, b in zip(bare, looped)]
  return Measurement(dict(
      system=c['system'], data=stand_in or c['data']['name'],
      batch=c['batch'], seeds=bench.seeds, batches_a_round=bench.game.batches,
      rounds_a_dispatch=bench.rounds, rounds_a_run=rounds, repeats=len(bare),
      environment=environment.describe(),
      parameters=experiment.parameter_counts(
          jax.eval_shape(bench.exp.init), bench.seeds),
      images_per_s=dataclasses.asdict(
          Spread.of([bench.images / t for t in bare])),
      rounds_per_s=dataclasses.asdict(speed),
      seconds=dict(trace=compiled.trace, lower=compiled.lower,
                   compile=compiled.compile),
      counted=dataclasses.asdict(counted),
      gflops_per_s=counted.flops * speed.median / 1e9,
      compiler=compiled.compiler,
      memory=dict(program=compiled.memory,
                  device=stats.get('peak_bytes_in_use'),
                  process=_process_peak()),
      collectives={k: dict(count=n, bytes=b)
                   for k, (n, b) in compiled.collectives.items()},
      overhead=dataclasses.asdict(Spread.of(overheads)) if looped else None))


def _process_peak() -> int:
  """Bytes of memory this process held at most."""
  peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  return peak if sys.platform == 'darwin' else peak * 1024
