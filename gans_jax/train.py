"""The only training loop: plays rounds, and knows nothing about GANs."""

import collections
import json
import math
import pathlib
import signal
import time
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from absl import logging

from gans_jax import best, data, dispatch, environment, errors, evaluation
from gans_jax import config as configs
from gans_jax import events, experiment, files, metrics, recovery, report
from gans_jax import processes, remote, sharding, watchdog
from gans_jax.game import State
from gans_jax.signals import Interrupted, Signals

AHEAD = 2    # dispatches in flight: the device never waits for the host


def train(config: Any, workdir: str | pathlib.Path, *, progress: bool = True
          ) -> State:
  """Trains what `config` says in `workdir`, going on where it was left.

  Args:
    config: see gans_jax.config.
    workdir: folder of the run, made if missing, or a URL, gs:// or s3://, see
      gans_jax.remote. Holds afterwards config.json, run.json, metrics.jsonl,
      events.jsonl, samples/, checkpoints/, best/, tensorboard/ and report.html.
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
  with remote.Place(workdir, ('*',) if sharding.is_main() else (
      experiment.CONFIG,), writes=sharding.is_main()) as place:
    return _train(config, place, progress)


def _train(config: Any, place: remote.Place, progress: bool) -> State:
  began = time.time()
  workdir = place.folder
  if place.has(experiment.CONFIG):
    configs.check_same_experiment(
        experiment.load(workdir), config, place.root)
  elif place.has(experiment.CHECKPOINTS):
    raise errors.ConfigError(
        f'{place.root} holds checkpoints but no {experiment.CONFIG}: choose '
        'another --workdir')
  exp = experiment.build(config)
  c = exp.config
  mesh = sharding.of_config(c)
  sharding.check_batch(c['batch'], mesh, c['mesh']['accumulate'])
  if progress and c['evals']:
    print('evaluators:', *c['evals'], '(a classifier is trained once)')
  list(exp.evaluators)    # made now: what is wrong shows before step 0
  saved = experiment.checkpoints(exp, place.root)
  ranking = best.Best(exp, workdir, saved)
  start, state, meta = recovery.begin(exp, saved, mesh)
  if start >= c['steps']:
    print(f'{place.root}: nothing left to do, step {start} of {c["steps"]} is '
          'done. More steps: --config.steps=N')
    return state
  log = events.Log(workdir, start, sharding.is_main(), place.send)
  if sharding.is_main():
    files.write_atomic(workdir / experiment.CONFIG, json.dumps(c, indent=2))
    environment.record(workdir, start, experiment.parameter_counts(
        state, c['seeds']))
    place.send(must=True)    # no right to write shows now
  log('started', **environment.place())
  if start:
    log('restored', devices=mesh.devices.size)
  back = recovery.Rollback(exp, saved, mesh, log, place.root, meta)
  hung = lambda seconds: log('stalled', seconds=round(seconds))
  with (log.failures(Interrupted, lost=processes.lost_partner), saved,
        Signals() as signals,
        watchdog.Watchdog(c['faults']['hang'], hung) as dog):
    while True:
      run = _Run(exp, mesh, saved, place, began, start, log=log, dog=dog,
                 ranking=ranking, back=back, signals=signals,
                 progress=progress)
      run.means.restore(meta.get('means', {}))
      try:
        with run.writer, run.loader:
          return run.rounds(state, start)
      except recovery.NotFinite as e:
        start, state, meta = back(e)


class _Run:
  """The loop and what it carries along."""

  def __init__(self, exp, mesh, saved, place, began, start, *, log, dog,
               ranking, back, signals, progress):
    self.exp, self.c, self.mesh = exp, exp.config, mesh
    self.saved, self.place, self.began = saved, place, began
    self.log, self.dog, self.ranking = log, dog, ranking
    self.back, self.signals = back, signals
    c = self.c
    self.chunk = math.gcd(c['rounds'], c['steps'], start, *(
        max(int(every), 0) for every in _periods(c)))
    if self.chunk < c['rounds']:
      logging.info('%d rounds a dispatch, not %d: it must divide steps, start '
                   'and every period', self.chunk, c['rounds'])
    self.loader = data.Loader(
        exp.source, c['batch'], c['seed'], batches=exp.game.batches,
        rounds=self.chunk, seeds=c['seeds'], shard=sharding.local_shard(mesh))
    self.writer = metrics.Writer(
        place.folder, start, c['steps'], main=sharding.is_main(),
        progress=progress, tensorboard=c['log']['tensorboard'])
    self.evaluation = evaluation.Evaluation(exp, mesh)
    self.means = metrics.NanMean()
    self.flying = collections.deque()   # (step after, metrics on the device)
    self.losses = dict.fromkeys(      # in the order of the round
        f'{m.player}/{m.loss.__name__}' for item in exp.game.round
        for m in getattr(item, 'moves', ()))
    self.finite = recovery.Finite(self.losses, c['seeds'])
    self.clock, self.clock_step = time.time(), start

  def rounds(self, state, start) -> State:
    c, programs = self.c, {}
    if start == 0:
      self.writer.image(0, 'samples', self.evaluation.grid(state, 0))
    self.clock = time.time()
    for step, batch in self.loader.iterate(start, c['steps']):
      stage = self.exp.game.stage(step)
      if stage not in programs:
        programs[stage] = dispatch.compiled(
            self.exp.game, state, self.mesh, c['seeds'], stage,
            c['mesh']['fsdp'])
      with jax.transfer_guard('disallow'):
        batch = sharding.put_batch(batch, self.mesh, c['seeds'])
        state, logged = programs[stage](state, batch)
        self.log.step = step = step + self.chunk
        self.flying.append((step, logged))
        self.drain(AHEAD)
      stop = self.signals.stop()
      last = step >= c['steps'] or stop is not None
      if last or any(step % every == 0 for every in _periods(c, log=False)):
        self.pause(state, step, step >= c['steps'], last)
      if stop is not None and step < c['steps']:
        self.log('preempted', signal=signal.Signals(stop).name)
        raise Interrupted(stop, step)
    self.log('finished', seconds=round(time.time() - self.began, 1))
    return state

  def drain(self, keep: int) -> None:
    """Reads the metrics of all dispatches but the last `keep`."""
    while len(self.flying) > keep:
      step, logged = self.flying.popleft()
      logged = jax.device_get(logged)      # [rounds, (seeds)]
      self.dog.beat()
      self.finite.losses(step, logged)
      self.means.update(logged)
      if step % self.c['log']['every'] == 0 or step >= self.c['steps']:
        self.report(step)

  def report(self, step: int) -> None:
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
    self.finite.params(state, step)
    if done or step % c['samples']['every'] == 0:
      self.writer.image(step, 'samples', self.evaluation.grid(state, step))
    found = {}
    for label, values, protocol in self.evaluation.due(
        state, step, done, progress=self.dog.beat):
      self.writer.eval(step, label, values, protocol, protocol['ema'])
      found |= values
    score = self.ranking.score(step, found)
    better = self.ranking.is_best(step, score)
    if self.place.is_remote:
      self.writer.roll()
    if better:
      self.ranking.export(step, state, score)
    # No checkpoint without the rows before it, nor a best one without its nets.
    self.place.send()
    if last or better or step % c['checkpoint']['every'] == 0:
      self.save(step, state, score)
    if last:
      self.saved.wait()
      self.finish(state, step, done)
    self.dog.beat()
    self.clock += time.time() - waited    # speed is that of training alone

  def save(self, step: int, state: State, score: float | None) -> None:
    began = time.time()
    self.saved.save(step, state, dict(
        config=self.c, versions=environment.versions(), score=score,
        rollbacks=self.back.times, means=self.means.state()))
    self.log('saved', seconds=round(time.time() - began, 3))

  def finish(self, state, step: int, done: bool) -> None:
    for name, made in (('nearest', self.evaluation.neighbours),
                       ('reconstructions', self.evaluation.reconstructions),
                       ('traversals', self.evaluation.traversals)):
      picture = made(state, step) if done else None
      if picture is not None:
        self.writer.image(step, name, picture)
    if sharding.is_main():
      path = self.place.folder / 'run.json'
      run = json.loads(path.read_text())
      run['step'] = step
      run['seconds'] = run.get('seconds', 0.) + time.time() - self.began
      files.write_atomic(path, json.dumps(run, indent=2))
      report.write(self.place.folder)


def _periods(c: dict, log: bool = True) -> Iterator[int]:
  """Steps after which something happens; 0 means at the end alone."""
  yield from (p for p in (
      c['checkpoint']['every'], c['samples']['every'],
      *(e.get('every', 0) for e in c['evals'].values()),
      *([c['log']['every']] if log else [])) if p)
