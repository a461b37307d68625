"""What starts a job of several processes, and what is wrong with one."""

import os
import pathlib
import subprocess
import sys

import jax
import pytest

from gans_jax import errors, processes
from gans_jax.processes import Explicit
from launch import cli

ROOT = pathlib.Path(__file__).resolve().parents[1]

HAND = {'coordinator_address': 'a:1', 'num_processes': 3, 'process_id': 2,
        'cluster_detection_method': 'deactivate'}
SLURM = {'cluster_detection_method': 'slurm'}
OMPI = {'cluster_detection_method': 'ompi'}


@pytest.mark.parametrize('environ, wanted', [
    ({}, None),
    ({'SLURM_JOB_ID': '7', 'SLURM_NTASKS': '4'}, None),      # sbatch itself
    ({'SLURM_STEP_NUM_TASKS': '1', 'SLURM_PROCID': '0'}, None),
    ({'SLURM_STEP_NUM_TASKS': '2', 'SLURM_PROCID': '1'}, SLURM),
    ({'OMPI_COMM_WORLD_SIZE': '1'}, None),
    ({'OMPI_COMM_WORLD_SIZE': '2', 'OMPI_COMM_WORLD_RANK': '0'}, OMPI),
    # An indexed Kubernetes Job of one process, and of three.
    ({'KUBERNETES_SERVICE_HOST': 'k', 'JOB_COMPLETION_INDEX': '0'}, None),
    ({'JAX_COORDINATOR_ADDRESS': 'a:1', 'JAX_NUM_PROCESSES': '3',
      'JOB_COMPLETION_INDEX': '2'}, HAND),
    ({'JAX_COORDINATOR_ADDRESS': 'a:1', 'JAX_NUM_PROCESSES': '3',
      'JAX_PROCESS_ID': '2', 'JOB_COMPLETION_INDEX': '0'}, HAND),
    # Told by hand inside another cluster: that holds.
    ({'JAX_COORDINATOR_ADDRESS': 'a:1', 'JAX_NUM_PROCESSES': '3',
      'JAX_PROCESS_ID': '2', 'SLURM_STEP_NUM_TASKS': '2', 'SLURM_PROCID': '1'},
     HAND),
    # Another port for SLURM: JAX itself looks at the address.
    ({'JAX_COORDINATOR_ADDRESS': 'a:1', 'SLURM_STEP_NUM_TASKS': '2',
      'SLURM_PROCID': '1'}, SLURM),
    ({'TPU_WORKER_HOSTNAMES': 'localhost'}, None),
    ({'TPU_WORKER_HOSTNAMES': 'h0,h1'}, {}),
    ({'TPU_PROCESS_ADDRESSES': 'h0:1,h1:1'}, {}),
    ({'MEGASCALE_NUM_SLICES': '2', 'TPU_WORKER_HOSTNAMES': 'h0'}, {}),
    ({'GANS_JAX_CLUSTER': 'auto'}, {}),
    ({'GANS_JAX_CLUSTER': 'none', 'OMPI_COMM_WORLD_SIZE': '2'}, None)])
def test_cluster(environ, wanted):
  assert processes.cluster(Explicit(), environ) == wanted


@pytest.mark.parametrize('explicit, environ, wanted', [
    (Explicit('a:1', 3, 2), {}, HAND),
    (Explicit(index=2), {'JAX_COORDINATOR_ADDRESS': 'a:1',
                         'JAX_NUM_PROCESSES': '3', 'JAX_PROCESS_ID': '0'},
     HAND),
    (Explicit('a:1', 3), {'JOB_COMPLETION_INDEX': '2'}, HAND),
    (Explicit(cluster='none'), {'SLURM_STEP_NUM_TASKS': '2',
                                'SLURM_PROCID': '1'}, None),
    (Explicit(cluster='auto'), {}, {}),
    (Explicit(cluster='slurm'), {'SLURM_PROCID': '0'}, SLURM)])
def test_flags_hold_over_the_environment(explicit, environ, wanted):
  assert processes.cluster(explicit, environ) == wanted


@pytest.mark.parametrize('explicit, environ, words', [
    (Explicit(), {'JAX_COORDINATOR_ADDRESS': 'a:1'},
     'needs --num_processes .JAX_NUM_PROCESSES. and --process_id'),
    (Explicit(), {'JAX_NUM_PROCESSES': '2', 'JOB_COMPLETION_INDEX': '0'},
     'needs --coordinator .JAX_COORDINATOR_ADDRESS., too'),
    (Explicit(count=2), {'SLURM_STEP_NUM_TASKS': '2', 'SLURM_PROCID': '0'},
     'needs --coordinator'),
    (Explicit('a', 2, 0), {}, "'a' must be host:port"),
    (Explicit('a:x', 2, 0), {}, 'host:port'),
    (Explicit('a:1', 2, 2), {}, 'process 2 of 2: they count from 0 to 1'),
    (Explicit(), {'JAX_COORDINATOR_ADDRESS': 'a:1', 'JAX_NUM_PROCESSES': 'two',
                  'JAX_PROCESS_ID': '0'}, "JAX_NUM_PROCESSES='two'"),
    (Explicit(), {'SLURM_STEP_NUM_TASKS': '2(x2)'}, 'SLURM_STEP_NUM_TASKS'),
    (Explicit(cluster='slrum'), {}, "Did you mean 'slurm'"),
    (Explicit(cluster='slurm'), {}, 'SLURM_PROCID is not set.*srun'),
    (Explicit(cluster='ompi'), {}, 'mpirun')])
def test_what_is_wrong_is_said(explicit, environ, words):
  with pytest.raises(errors.ConfigError, match=words):
    processes.cluster(explicit, environ)


def test_time_outs_are_set():
  by_hand = Explicit('a:1', 3, 2)
  made = processes.arguments_of(by_hand, {})
  assert made == dict(HAND, heartbeat_timeout_seconds=30,
                      initialization_timeout=300,
                      shutdown_timeout_seconds=120)
  made = processes.arguments_of(by_hand, {'GANS_JAX_HEARTBEAT': '7',
                                          'GANS_JAX_CONNECT': '9'})
  assert made['heartbeat_timeout_seconds'] == 7
  assert made['initialization_timeout'] == 9
  made = processes.arguments_of(by_hand._replace(heartbeat=5),
                                {'GANS_JAX_HEARTBEAT': '7'})
  assert made['heartbeat_timeout_seconds'] == 5
  with pytest.raises(errors.ConfigError, match="GANS_JAX_HEARTBEAT='soon'"):
    processes.arguments_of(by_hand, {'GANS_JAX_HEARTBEAT': 'soon'})


def test_no_job_no_start():
  assert not processes.start(environ={})
  assert not jax.distributed.is_initialized()


def test_a_coordinator_that_does_not_answer(tmp_path):
  """One line, and a status that schedulers take for "again, perhaps"."""
  done = subprocess.run(
      [sys.executable, 'launch/train.py', '--coordinator=localhost:1',
       '--num_processes=2', '--process_id=1', '--heartbeat=3',
       '--config=configs/gan_ring.py:tiny', f'--workdir={tmp_path / "new"}'],
      cwd=ROOT, capture_output=True, text=True, timeout=60,
      env={**os.environ, 'GANS_JAX_CONNECT': '2'})
  assert done.returncode == cli.PERHAPS, done.stderr[-2000:]
  assert 'error: cannot join the job at localhost:1' in done.stderr
  assert not (tmp_path / 'new').exists()


def test_which_errors_are_of_a_lost_partner(monkeypatch):
  wrong = lambda text: jax.errors.JaxRuntimeError(text)
  closed = wrong('UNKNOWN: Gloo all-reduce failed: closed')
  assert not processes.lost_partner(closed), 'a process alone has none'
  monkeypatch.setattr(processes, 'of_several', lambda: True)
  assert processes.lost_partner(closed)
  assert processes.lost_partner(wrong('ABORTED: a task restarted'))
  assert not processes.lost_partner(wrong('RESOURCE_EXHAUSTED: out of memory'))
  assert not processes.lost_partner(TypeError('x'))
  save = RuntimeError('saving step 5 failed')
  save.__cause__ = closed
  assert processes.lost_partner(save)
