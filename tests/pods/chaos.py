"""Kills a run at random moments; it must end as if nothing had happened.

  .venv/bin/python -m tests.pods.chaos --kills 20 --workdir runs/chaos

One run of two processes is trained in peace, and once more under a scheduler
(launch/local_pod.sh) while this program kills: SIGKILL of one of the processes,
of the coordinator, SIGTERM of any, SIGKILL in the middle of a save, SIGKILL
while it starts. The last checkpoint must be equal bit for bit, metrics.jsonl
but for its times, and no kill may cost more than the steps since the newest
whole checkpoint: one interval, and what was trained while the next was saved,
another at most.
Prints a line a kill and a summary as JSON; exit status 1 if anything differs.
"""

import argparse
import json
import pathlib
import random
import shutil
import signal
import sys
import time

from gans_jax import events
from tests.pods import pod

KINDS = ('member', 'coordinator', 'preempt', 'save', 'start')


def arguments(config: str, steps: int, every: int, rounds: int) -> list[str]:
  return [f'--config={config}', f'--config.steps={steps}',
          f'--config.checkpoint.every={every}', f'--config.rounds={rounds}',
          f'--config.log.every={rounds}', f'--config.samples.every={steps}',
          '--config.log.tensorboard=False']


def strike(run: pod.Pod, kind: str, at: int, rng: random.Random
           ) -> tuple[int, int] | None:
  """One kill; None if the run ended first.

  Args:
    run: it has just been started.
    kind: of KINDS.
    at: step to wait for.
    rng: chooses the rest.

  Returns:
    (step reached, starts so far) at the kill.
  """
  old = run.pids()
  if kind == 'start':
    time.sleep(rng.uniform(0., 3.))
  elif not run.until(lambda: run.step() >= at):
    return None
  elif kind == 'save' and not run.until(run.saving, every=.0005):
    return None
  pids = run.pids()
  if kind == 'start' and not pids:
    return None
  reached = run.step()
  starts = pod.happened(run.workdir).count('started')
  who = {'coordinator': 0, 'member': len(pids) - 1}.get(
      kind, rng.randrange(len(pids)))
  hit = pod.kill(pids[who], signal.SIGTERM if kind == 'preempt'
                 else signal.SIGKILL)
  if not hit or not run.until(lambda: run.pids() != old):
    return None
  return reached, starts


def compare(calm: pathlib.Path, torn: pathlib.Path) -> list[str]:
  """What differs between two finished runs."""
  out = []
  a, b = pod.last_record(calm), pod.last_record(torn)
  if a != b:
    out.append('leaves differ: ' + ', '.join(
        k for k in a.keys() | b.keys() if a.get(k) != b.get(k)))
  a, b = pod.rows(calm), pod.rows(torn)
  if a != b:
    out.append('rows differ: ' + next(
        (f'{x} and {y}' for x, y in zip(a, b) if x != y),
        f'{len(a)} and {len(b)} of them'))
  return out


def chaos(workdir: pathlib.Path, kinds: list[str], *, config: str,
          steps: int, every: int, rounds: int, seed: int = 0, count: int = 2,
          devices: int = 1, heartbeat: int = 10) -> dict:
  """Runs it; raises AssertionError with the difference.

  Returns:
    JSON: kills by kind, starts, work lost, seconds.
  """
  rng, began = random.Random(seed), time.time()
  args = arguments(config, steps, every, rounds)
  shutil.rmtree(workdir, ignore_errors=True)
  more = dict(count=count, devices=devices, heartbeat=heartbeat)
  with pod.Pod(workdir / 'calm', args, **more) as calm:
    status = calm.wait(1200)
    assert status == 0, calm.text()
  struck, hits = [], []
  with pod.Pod(workdir / 'torn', args, restarts=10 * len(kinds) + 10,
               **more) as torn:
    for kind in kinds:
      left = len(kinds) - len(struck) + 1    # and a part without any
      at = torn.step() + rng.randrange(
          rounds, max(rounds + 1, (steps - torn.step()) // left))
      hit = strike(torn, kind, at, rng)
      if hit is None:
        break
      struck.append(kind)
      hits.append(hit)
      print(f'{len(struck)}: {kind} at step {hit[0]}, start {hit[1]}',
            flush=True)
    status = torn.wait(1200)
    assert status == 0, torn.text()
  different = compare(workdir / 'calm', workdir / 'torn')
  assert not different, different
  told = pod.happened(workdir / 'torn')
  # A start that was killed before it could say so is not among these.
  begun = [e['step'] for e in events.read(workdir / 'torn')
           if e['event'] == 'started']
  lost = [reached - begun[n] for reached, n in hits]
  assert max(lost, default=0) <= 2 * every, lost
  return dict(
      kills=len(struck), asked=len(kinds),
      kinds={k: struck.count(k) for k in KINDS if k in struck},
      starts=told.count('started'), preempted=told.count('preempted'),
      steps=steps, every=every, lost_most=max(lost, default=0),
      lost_mean=sum(lost) / max(1, len(lost)),
      seconds=round(time.time() - began))


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--kills', type=int, default=20)
  parser.add_argument('--workdir', type=pathlib.Path, required=True)
  parser.add_argument('--config', default='configs/gan_ring.py:tiny')
  parser.add_argument('--steps', type=int, default=4000)
  parser.add_argument('--every', type=int, default=50)
  parser.add_argument('--rounds', type=int, default=5)
  parser.add_argument('--seed', type=int, default=0)
  a = parser.parse_args()
  rng = random.Random(a.seed)
  kinds = [KINDS[i % len(KINDS)] for i in range(a.kills)]
  rng.shuffle(kinds)
  try:
    found = chaos(a.workdir, kinds, config=a.config, steps=a.steps,
                  every=a.every, rounds=a.rounds, seed=a.seed)
  except AssertionError as e:
    print(e, file=sys.stderr)
    return 1
  print(json.dumps(found))
  return 0 if found['kills'] == found['asked'] else 1


if __name__ == '__main__':
  sys.exit(main())
