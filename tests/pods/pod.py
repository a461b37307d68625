"""A pod on this machine: launch/local_pod.sh, watched from outside."""

import json
import os
import pathlib
import signal
import subprocess
import time

from gans_jax import checkpoint, events, metrics

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Pod:
  """Processes of one run, started by launch/local_pod.sh.

  Args:
    workdir: of the run.
    arguments: of launch/train.py.
    count: processes.
    devices: of each.
    restarts: see the script.
    heartbeat: seconds.
  """

  def __init__(self, workdir, arguments, count=2, devices=1, restarts=0,
               heartbeat=10):
    self.workdir = pathlib.Path(workdir)
    self.logs = self.workdir.with_name(self.workdir.name + '_logs')
    (self.logs / 'pids').unlink(missing_ok=True)
    self._out = open(self._made() / 'pod.log', 'a')
    self.process = subprocess.Popen(
        ['bash', 'launch/local_pod.sh', str(count), '--', '--noprogress',
         f'--workdir={self.workdir}', *arguments], cwd=ROOT, stdout=self._out,
        stderr=subprocess.STDOUT, start_new_session=True, env={
            **os.environ, 'XLA_FLAGS': ' '.join(
                f for f in os.environ.get('XLA_FLAGS', '').split()
                if 'device_count' not in f), 'JAX_PLATFORMS': 'cpu',
            'DEVICES': str(devices), 'RESTARTS': str(restarts),
            'HEARTBEAT': str(heartbeat), 'LOGS': str(self.logs)})

  def _made(self):
    self.logs.mkdir(parents=True, exist_ok=True)
    return self.logs

  def __enter__(self):
    return self

  def __exit__(self, *_):
    for pid in self.pids():
      kill(pid, signal.SIGKILL)
    if self.process.poll() is None:
      os.killpg(self.process.pid, signal.SIGKILL)     # a group of its own
    self.process.wait()
    self._out.close()

  def pids(self) -> list[int]:
    """Process ids by index, of the present start."""
    path = self.logs / 'pids'
    return [int(p) for p in path.read_text().split()] if path.exists() else []

  def wait(self, timeout: float) -> int:
    """The exit status of the pod."""
    return self.process.wait(timeout)

  def until(self, condition, timeout: float = 120, every: float = .002):
    """Waits until `condition()`; False if the pod ended before."""
    deadline = time.time() + timeout
    while not condition():
      if self.process.poll() is not None:
        return False
      if time.time() > deadline:
        raise TimeoutError(self.text())
      time.sleep(every)
    return True

  def step(self) -> int:
    """The last step of which metrics.jsonl has a row."""
    return max([r['step'] for r in metrics.read_rows(self.workdir)], default=0)

  def saving(self) -> bool:
    """Whether a checkpoint is being written now."""
    folder = self.workdir / 'checkpoints'
    return any('tmp' in p.name for p in folder.iterdir()) if (
        folder.is_dir()) else False

  def text(self) -> str:
    """What the processes said last."""
    return '\n'.join(f'--- {p.name}\n{p.read_text()[-3000:]}'
                     for p in sorted(self.logs.glob('*.log')))


def kill(pid: int, signum: int) -> bool:
  """Whether there was such a process."""
  try:
    os.kill(pid, signum)
    return True
  except ProcessLookupError:
    return False


def last_record(workdir) -> dict:
  """{leaf: (dtype, shape, SHA-256)} of the newest checkpoint."""
  saved = checkpoint.Checkpointer(pathlib.Path(workdir) / 'checkpoints')
  path = saved.directory / str(saved.latest()) / 'meta' / 'metadata'
  record = json.loads(path.read_text())
  return {'step': record['step'], **record['leaves']}


def rows(workdir) -> list[str]:
  """metrics.jsonl without what the clock says: text, to be compared exactly."""
  out = []
  for row in metrics.read_rows(workdir):
    row = {k: v for k, v in row.items() if k != 'time'}
    row['values'] = {k: v for k, v in row['values'].items()
                     if not k.startswith('speed/')}
    out.append(json.dumps(row, sort_keys=True))
  return out


def happened(workdir) -> list[str]:
  """The names of a run's events, in order."""
  return [e['event'] for e in events.read(workdir)]
