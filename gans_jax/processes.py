"""The processes of a job: found in the environment, joined by JAX.

The signs of a job, first to last:

  explicit     flags of the scripts, or JAX_COORDINATOR_ADDRESS with
               JAX_NUM_PROCESSES and JAX_PROCESS_ID; an indexed Kubernetes Job
               says JOB_COMPLETION_INDEX for the last
  slurm        a step of several tasks, started by srun
  ompi         mpirun of several tasks
  tpu          TPU workers on several hosts (GKE), or several slices
  auto         GANS_JAX_CLUSTER=auto: whatever JAX finds, such as the other
               hosts of a TPU VM, which nothing in the environment tells of

A process is taken for dead when the coordinator has not heard from it, or it
from the coordinator, for GANS_JAX_HEARTBEAT seconds; then all of the job end,
so that the scheduler can start them again.
"""

import os
import socket
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax

from gans_jax import errors

HEARTBEAT = 30     # seconds
CONNECT = 300      # seconds for all to come: images are pulled, hosts differ
CLUSTERS = ('none', 'slurm', 'ompi', 'tpu', 'auto')


class JobError(RuntimeError):
  """The other processes could not be reached; they may be later."""


class Explicit(NamedTuple):
  """What a user may say of a job, over what the environment does."""

  coordinator: str | None = None     # host:port of process 0
  count: int | None = None
  index: int | None = None
  cluster: str | None = None         # of CLUSTERS
  heartbeat: int | None = None       # seconds


def start(explicit: Explicit | None = None,
          environ: Mapping[str, str] = os.environ) -> bool:
  """Joins the processes of a job, where there is one.

  To be called before any other use of JAX. Outside a job it does nothing.

  Returns:
    Whether this process is one of a job's.

  Raises:
    errors.ConfigError: what is said of the job is incomplete or impossible.
    JobError: the others could not be reached.
  """
  if jax.distributed.is_initialized():
    return True
  arguments = arguments_of(explicit or Explicit(), environ)
  if arguments is None:
    return False
  if arguments.get('process_id'):
    reach(arguments['coordinator_address'],
          arguments['initialization_timeout'])
  try:
    jax.distributed.initialize(**arguments)
  except (RuntimeError, ValueError) as e:
    where = arguments.get('coordinator_address') or (
        arguments.get('cluster_detection_method') or 'the cluster')
    raise JobError(
        f'cannot join the job at {where}: {str(e).splitlines()[0]}. Is the '
        'port of process 0 free, and has every process started?') from e
  return True


def of_several() -> bool:
  """Whether this is one of several, whose partners may be gone."""
  return jax.distributed.is_initialized() and jax.process_count() > 1


def lost_partner(error: Exception) -> bool:
  """Whether an error, or its cause, is of a collective without a partner."""
  return of_several() and any(
      isinstance(e, jax.errors.JaxRuntimeError) and not str(e).startswith(
          ('RESOURCE_EXHAUSTED', 'INVALID_ARGUMENT'))
      for e in (error, error.__cause__))


def reach(address: str, seconds: float) -> None:
  """Waits until process 0 listens. JAX itself would abort, with a stack dump.

  Raises:
    JobError: it does not within `seconds`.
  """
  host, _, port = address.rpartition(':')
  deadline = time.monotonic() + seconds
  while True:
    try:
      socket.create_connection((host.strip('[]'), int(port)), 5).close()
      return
    except OSError as e:     # not there yet, or its name is not
      if time.monotonic() > deadline:
        raise JobError(
            f'cannot join the job at {address}: {e} for {seconds:.0f} seconds '
            '(GANS_JAX_CONNECT). Is process 0 running, and its host reachable '
            'from here?') from e
    time.sleep(.2)


def arguments_of(explicit: Explicit, environ: Mapping[str, str]
                 ) -> dict[str, Any] | None:
  """Arguments for `jax.distributed.initialize`, or None outside a job."""
  where = cluster(explicit, environ)
  if where is None:
    return None
  heartbeat = explicit.heartbeat or _whole(
      environ, 'GANS_JAX_HEARTBEAT') or HEARTBEAT
  connect = _whole(environ, 'GANS_JAX_CONNECT') or CONNECT
  return dict(
      where, heartbeat_timeout_seconds=heartbeat,
      initialization_timeout=connect,
      # Of an orderly end: process 0 may still be writing the report.
      shutdown_timeout_seconds=max(120, heartbeat))


def cluster(explicit: Explicit, environ: Mapping[str, str]
            ) -> dict[str, Any] | None:
  """Where the others are, as `jax.distributed.initialize` takes it."""
  asked = explicit.cluster or environ.get('GANS_JAX_CLUSTER')
  if asked is not None:
    errors.choose('cluster', asked, dict.fromkeys(CLUSTERS))
  if asked == 'none':
    return None
  said, missing = _said(explicit, environ)
  if not missing:
    return said
  several = lambda name: (_whole(environ, name) or 1) > 1
  if asked == 'slurm' or (several('SLURM_STEP_NUM_TASKS')
                          and 'SLURM_PROCID' in environ):
    _needs(environ, 'slurm', 'SLURM_PROCID', 'srun')
    return dict(cluster_detection_method='slurm')
  if asked == 'ompi' or several('OMPI_COMM_WORLD_SIZE'):
    _needs(environ, 'ompi', 'OMPI_COMM_WORLD_RANK', 'mpirun')
    return dict(cluster_detection_method='ompi')
  if asked in ('tpu', 'auto') or several('MEGASCALE_NUM_SLICES') or any(
      ',' in environ.get(name, '')
      for name in ('TPU_WORKER_HOSTNAMES', 'TPU_PROCESS_ADDRESSES')):
    return {}
  # An index alone has every indexed Kubernetes Job, of one process too.
  if environ.get('JAX_COORDINATOR_ADDRESS') or environ.get('JAX_NUM_PROCESSES'):
    raise _incomplete(missing)
  return None


def _incomplete(missing: list[str]) -> errors.ConfigError:
  return errors.ConfigError(
      f'a job of several processes needs {" and ".join(missing)}, too')


def _said(explicit: Explicit, environ: Mapping[str, str]
          ) -> tuple[dict[str, Any] | None, list[str]]:
  """A job as it is told by hand, and what is missing of it."""
  index = explicit.index
  for name in ('JAX_PROCESS_ID', 'JOB_COMPLETION_INDEX'):
    index = _whole(environ, name) if index is None else index
  count = explicit.count
  if count is None:
    count = _whole(environ, 'JAX_NUM_PROCESSES')
  address = explicit.coordinator or environ.get('JAX_COORDINATOR_ADDRESS')
  missing = [name for name, value in {
      '--coordinator (JAX_COORDINATOR_ADDRESS)': address,
      '--num_processes (JAX_NUM_PROCESSES)': count,
      '--process_id (JAX_PROCESS_ID or JOB_COMPLETION_INDEX)': index,
  }.items() if value is None]
  if missing:
    if any(x is not None for x in explicit[:3]):
      raise _incomplete(missing)
    return None, missing
  host, _, port = address.rpartition(':')
  if not host or not port.isdecimal():
    raise errors.ConfigError(
        f'the coordinator {address!r} must be host:port of process 0')
  if not 0 <= index < count:
    raise errors.ConfigError(
        f'process {index} of {count}: they count from 0 to {count - 1}')
  # Else JAX would look around for the devices of this process, too.
  return dict(coordinator_address=address, num_processes=count,
              process_id=index, cluster_detection_method='deactivate'), []


def _whole(environ: Mapping[str, str], name: str) -> int | None:
  """A whole number of the environment; None where it is not set."""
  text = environ.get(name)
  if not text:
    return None
  if not text.isdecimal():
    raise errors.ConfigError(f'{name}={text!r} is no whole number')
  return int(text)


def _needs(environ: Mapping[str, str], asked: str, name: str, program: str
           ) -> None:
  if name not in environ:
    raise errors.ConfigError(
        f'--cluster={asked}: {name} is not set; start the processes by '
        f'{program}')
