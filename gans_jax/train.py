"""The only training loop: plays rounds, and knows nothing about GANs."""

import collections
import json
import math
import pathlib
import time
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from absl import logging

from gans_jax import dispatch, environment, errors, experiment, files
from gans_jax import config as configs
from gans_jax import data, evaluation, metrics, report, sharding
from gans_jax.game import State
from gans_jax.signals import Interrupted, Signals

AHEAD = 2    # dispatches in flight: the device never waits for the host


def train(config: Any, workdir: str | pathlib.Path, *, progress: bool = True
          ) -> State:
  """Trains what `config` says in `workdir`, going on where it was left.

  Args:
    config: see gans_jax.config.
    workdir: folder of the run; made if missing. Holds afterwards config.json,
      run.json, metrics.jsonl, samples/, checkpoints/, tensorboard/ and
      report.html.
    progress: show a progress bar.

  Returns:
    The state after `config.steps` rounds.

  Raises:
    errors.ConfigError: a mistake in the config, or another experiment in the
      workdir. Nothing was written.
    errors.TrainingError: a loss or a param is no longer finite.
    checkpoint.CheckpointError: no checkpoint is sound, or none can be written.
    signals.Interrupted: a signal came; the state was saved.
  """
  began = time.time()
  workdir = pathlib.Path(workdir)
  if (workdir / experiment.CONFIG).exists():
    configs.check_same_experiment(
        experiment.load(workdir), config, workdir)
  elif (workdir / experiment.CHECKPOINTS).exists():
    raise errors.ConfigError(
        f'{workdir} holds checkpoints but no {experiment.CONFIG}: choose '
        'another --workdir')
  exp = experiment.build(config)
  c, game, seeds = exp.config, exp.game, exp.config['seeds']
  mesh = sharding.make_mesh(seeds)
  sharding.check_batch(c['batch'], mesh)
  if progress and c['evals']:
    print('evaluators:', *c['evals'], '(a classifier is trained once)')
  list(exp.evaluators)    # made now: what is wrong shows before step 0
  saved = experiment.checkpoints(exp, workdir)
  restored = experiment.restore(exp, saved, mesh)
  if restored is None:
    start, state = 0, _fresh(exp, mesh)
  else:
    start, state, _ = restored
  if start >= c['steps']:
    print(f'{workdir}: nothing left to do, step {start} of {c["steps"]} is '
          'done. More steps: --config.steps=N')
    return state
  if sharding.is_main():
    files.write_atomic(workdir / experiment.CONFIG, json.dumps(c, indent=2))
    environment.record(workdir, start, experiment.parameter_counts(
        state, seeds))
  chunk = math.gcd(c['rounds'], c['steps'], start, *(
      max(int(every), 0) for every in _periods(c)))
  if chunk < c['rounds']:
    logging.info('%d rounds a dispatch, not %d: it must divide steps, start '
                 'and every period', chunk, c['rounds'])
  loader = data.Loader(
      exp.source, c['batch'], c['seed'], batches=game.batches, rounds=chunk,
      seeds=seeds, shard=sharding.local_shard(mesh))
  writer = metrics.Writer(
      workdir, start, c['steps'], main=sharding.is_main(), progress=progress,
      tensorboard=c['log']['tensorboard'])
  with saved, writer, loader, Signals() as signals:
    run = _Run(exp, mesh, writer, saved, workdir, began, chunk)
    return run.rounds(state, start, loader, signals)


class _Run:
  """The loop and what it carries along."""

  def __init__(self, exp, mesh, writer, saved, workdir, began, chunk):
    self.exp, self.c, self.mesh = exp, exp.config, mesh
    self.writer, self.saved, self.workdir = writer, saved, workdir
    self.began, self.chunk = began, chunk
    self.evaluation = evaluation.Evaluation(exp, mesh)
    self.means = metrics.NanMean()
    self.flying = collections.deque()   # (step after, metrics on the device)
    self.losses = dict.fromkeys(      # in the order of the round
        f'{m.player}/{m.loss.__name__}' for item in exp.game.round
        for m in getattr(item, 'moves', ()))
    self.clock, self.clock_step = time.time(), 0
    self.warned = set()

  def rounds(self, state, start, loader, signals) -> State:
    c, programs = self.c, {}
    if start == 0:
      self.writer.image(0, 'samples', self.evaluation.grid(state, 0))
    self.clock, self.clock_step = time.time(), start
    for step, batch in loader.iterate(start, c['steps']):
      stage = self.exp.game.stage(step)
      if stage not in programs:
        programs[stage] = dispatch.compiled(self.exp.game, state, self.mesh,
                                  c['seeds'], stage)
      with jax.transfer_guard('disallow'):
        batch = sharding.put_batch(batch, self.mesh, c['seeds'])
        state, logged = programs[stage](state, batch)
        step += self.chunk
        self.flying.append((step, logged))
        self.drain(AHEAD)
      last = step >= c['steps'] or signals.caught is not None
      if last or any(step % every == 0 for every in _periods(c, log=False)):
        self.pause(state, step, step >= c['steps'], last)
      if signals.caught is not None and step < c['steps']:
        raise Interrupted(signals.caught, step)
    return state

  def drain(self, keep: int) -> None:
    """Reads the metrics of all dispatches but the last `keep`."""
    while len(self.flying) > keep:
      step, logged = self.flying.popleft()
      logged = jax.device_get(logged)      # [rounds, (seeds)]
      self.check_losses(step, logged)
      self.means.update(logged)
      if step % self.c['log']['every'] == 0 or step >= self.c['steps']:
        self.log(step)

  def log(self, step: int) -> None:
    now = time.time()
    rounds = step - self.clock_step
    images = rounds * self.exp.game.batches * self.c['batch'] * self.c['seeds']
    speed = images / max(now - self.clock, 1e-9)
    values = self.means.compute()
    self.means.reset()
    self.clock, self.clock_step = now, step
    self.writer.train(step, {**values, 'speed/img_per_s': speed})
    shown = {k: float(np.mean(v)) for k, v in values.items()
             if k in self.losses}
    self.writer.progress(step, {**shown, 'img/s': round(speed)})

  def pause(self, state, step: int, done: bool, last: bool) -> None:
    """All that happens between dispatches: pictures, evaluation, saving."""
    self.drain(0)
    waited = time.time()
    c = self.c
    self.check_state(state, step)
    if done or step % c['samples']['every'] == 0:
      self.writer.image(step, 'samples', self.evaluation.grid(state, step))
    for label, values, protocol in self.evaluation.due(state, step, done):
      self.writer.eval(step, label, values, protocol, protocol['ema'])
    if last or step % c['checkpoint']['every'] == 0:
      self.saved.save(step, state, dict(
          config=c, versions=environment.versions()))
    if last:
      self.saved.wait()
      self.finish(state, step, done)
    self.clock += time.time() - waited    # speed is that of training alone

  def finish(self, state, step: int, done: bool) -> None:
    nearest = self.evaluation.neighbours(state, step) if done else None
    if nearest is not None:
      self.writer.image(step, 'nearest', nearest)
    if sharding.is_main():
      path = self.workdir / 'run.json'
      run = json.loads(path.read_text())
      run['step'] = step
      run['seconds'] = run.get('seconds', 0.) + time.time() - self.began
      files.write_atomic(path, json.dumps(run, indent=2))
      report.write(self.workdir)

  def check_losses(self, step: int, logged: dict[str, np.ndarray]) -> None:
    """Stops the run where a loss is not finite (`play` logs it as inf).

    The first move in the first round is named: the others follow from it.
    """
    broken = {k: np.isinf(logged[k]) for k in self.losses if k in logged}
    broken = {k: v for k, v in broken.items() if v.any()}
    if not broken:
      return
    first = lambda k: int(np.argwhere(broken[k])[0][0])
    name = min(broken, key=first)     # of equals the one that is played first
    at = step - self.chunk + 1 + first(name)
    where = f'loss {name!r} is not finite at step {at}'
    seeds = broken[name]              # [rounds, (seeds)]
    if seeds.ndim == 1 or seeds.any(0).all():
      self.fail(where)
    if name not in self.warned:
      self.warned.add(name)
      logging.warning('%s in seeds %s; the others go on', where,
                      np.flatnonzero(seeds.any(0)))

  def check_state(self, state: State, step: int) -> None:
    """Params that are not finite are neither evaluated nor saved."""
    sound = evaluation.finite_nets(state)
    broken = [net for net, ok in sound.items() if not ok]
    if broken and self.c['seeds'] == 1:
      self.fail(f'params of {", ".join(broken)} are not finite at step {step}')

  def fail(self, what: str):
    self.saved.wait()
    last = self.saved.latest()
    raise errors.TrainingError(
        f'{what}. ' + ('No checkpoint was saved before it' if last is None else
                       f'The last sound checkpoint is step {last}')
        + f' in {self.workdir}; lower the learning rate, or resume from there '
        'with another --config.seed in a new workdir')


def _fresh(exp, mesh) -> State:
  shapes = jax.eval_shape(exp.init)
  shardings = sharding.state_sharding(mesh, shapes, exp.config['seeds'])
  return jax.jit(exp.init, out_shardings=shardings)()


def _periods(c: dict, log: bool = True) -> Iterator[int]:
  """Steps after which something happens; 0 means at the end alone."""
  yield from (p for p in (
      c['checkpoint']['every'], c['samples']['every'],
      *(e.get('every', 0) for e in c['evals'].values()),
      *([c['log']['every']] if log else [])) if p)
