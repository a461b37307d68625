"""Flags of a job of several processes, for the scripts that can be one."""

from absl import flags

COORDINATOR = flags.DEFINE_string(
    'coordinator', None, 'host:port of process 0. Needless under SLURM, Open '
    'MPI, on GKE TPUs: see launch/README.md.')
COUNT = flags.DEFINE_integer('num_processes', None, 'Of the job.', 1)
INDEX = flags.DEFINE_integer('process_id', None, 'Of this process, from 0.', 0)
CLUSTER = flags.DEFINE_string(
    'cluster', None, 'none, slurm, ompi, tpu, or auto: what JAX finds. By '
    'default what the environment shows.')
HEARTBEAT = flags.DEFINE_integer(
    'heartbeat', None, 'Seconds after which a silent process is taken for '
    'dead, and all end; 30.', 1)


def start() -> bool:
  """Joins the job that flags or the environment tell of, if any."""
  from gans_jax import processes
  return processes.start(processes.Explicit(
      COORDINATOR.value, COUNT.value, INDEX.value, CLUSTER.value,
      HEARTBEAT.value))
