"""What hangs is ended, with its stacks; what lives, or was stopped, is not."""

import signal
import subprocess
import sys
import time

from gans_jax import watchdog
from launch import cli


def run(code, **more):
  return subprocess.run(
      [sys.executable, '-c', 'import time\nfrom gans_jax.watchdog import '
       'Watchdog\n' + code], capture_output=True, text=True, timeout=60, **more)


def test_a_hang_ends_the_process_with_its_stacks():
  done = run("""
def waits_for_a_partner():
  time.sleep(60)
with Watchdog(.4, lambda s: print('told', s > .4, flush=True)):
  waits_for_a_partner()
""")
  assert done.returncode == watchdog.AGAIN == cli.REQUEUE == 75
  assert 'no round for' in done.stderr and 'config.faults.hang' in done.stderr
  assert 'waits_for_a_partner' in done.stderr
  assert done.stdout == 'told True\n'


def test_a_hang_of_what_is_told_does_not_keep_it():
  began = time.time()
  done = run("""
with Watchdog(.2, lambda s: time.sleep(60)):
  time.sleep(60)
""")
  assert done.returncode == 75 and time.time() - began < 30


def test_an_interpreter_that_hangs_is_ended_too():
  """A call that never lets go of the interpreter's lock."""
  done = run("""
import re
with Watchdog(.4):
  re.match('(a+)+$', 'a' * 60 + 'b')
""")
  assert done.returncode == -signal.SIGALRM    # for a shell 142: again
  assert 'Timeout' in done.stderr and '"<string>"' in done.stderr


def test_beats_keep_it_quiet():
  ended = []
  with watchdog.Watchdog(.3, stop=ended.append) as dog:
    for _ in range(6):
      time.sleep(.1)
      dog.beat(1, 2)
  with watchdog.Watchdog(0, stop=ended.append):
    time.sleep(.05)
  assert not ended


def test_time_in_which_nothing_ran_is_no_hang(monkeypatch):
  """After SIGSTOP the clock has jumped; one tick counts as two at most."""
  ended, clock = [], [0.]
  def jump():
    clock[0] += 1000.
    return clock[0]
  with monkeypatch.context() as patch:
    patch.setattr(watchdog.time, 'monotonic', jump)
    with watchdog.Watchdog(1., stop=ended.append) as dog:
      for _ in range(4):        # ticks of 1/8 s that seem to be 1000 s
        threading_wait(dog, .12)
        dog.beat()
  assert not ended


def threading_wait(dog, seconds):
  dog._ended.wait(seconds)
