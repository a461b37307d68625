#!/usr/bin/env bash
# A real SLURM on this machine, and a run that is preempted and requeued in it.
#
#   bash tests/pods/slurm.sh [FOLDER]
#
# Debian or Ubuntu, as root: installs slurm-wlm and munge if they are missing.
# Everything of it lies in FOLDER (a temporary one). Submits launch/slurm.sbatch
# with two tasks of two devices each, sends the job SIGTERM as a preemption
# does, waits until it was requeued and has finished, and compares its last
# checkpoint with that of a run that nothing happened to; cancels another, which
# must not come again. Ends what it started.
set -euo pipefail
cd "$(dirname "$0")/../.."
repo=$PWD
here=${1:-$(mktemp -d -t gans_jax_slurm.XXXXXX)}
mkdir -p "$here"
here=$(cd "$here" && pwd)
python=${PYTHON:-$repo/.venv/bin/python}
config=${CONFIG:-configs/gan_ring.py:tiny}
steps=${STEPS:-3000}
[ "$(id -u)" = 0 ] || { echo "error: needs root" >&2; exit 2; }

for tool in slurmctld slurmd munged srun; do
  if ! command -v $tool > /dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends slurm-wlm munge > "$here/apt.log" 2>&1
    break
  fi
done

# --- the cluster -------------------------------------------------------------
pids=()
finish() {
  local status=$?
  [ ${#pids[@]} -gt 0 ] && kill "${pids[@]}" 2>/dev/null
  [ "$status" = 0 ] && echo "passed: $here" || {
    echo "failed: $here"; tail -n 40 "$here"/*.log; } >&2
}
trap finish EXIT

mkdir -p "$here"/{munge,ctld,d,run}
chown -R munge "$here/munge" && chmod 711 "$here/munge" && chmod 755 "$here"
dd if=/dev/urandom of="$here/munge/key" bs=1024 count=1 status=none
chown munge "$here/munge/key" && chmod 400 "$here/munge/key"
runuser -u munge -- munged --foreground --key-file="$here/munge/key" \
  --socket="$here/munge/socket" --pid-file="$here/munge/pid" \
  --log-file="$here/munge/log" --seed-file="$here/munge/seed" --force \
  > "$here/munged.log" 2>&1 &
pids+=($!)

host=$(hostname -s)
cat > "$here/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$here/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$here/ctld
SlurmdSpoolDir=$here/d
SlurmctldPidFile=$here/run/ctld.pid
SlurmdPidFile=$here/run/d.pid
SlurmctldLogFile=$here/slurmctld.log
SlurmdLogFile=$here/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES:4
CONF
export SLURM_CONF=$here/slurm.conf
sleep 1
slurmctld -D > "$here/ctld.out" 2>&1 & pids+=($!)
slurmd -D > "$here/d.out" 2>&1 & pids+=($!)
for _ in $(seq 60); do
  sinfo -h -o %t 2>/dev/null | grep -q idle && break
  sleep 1
done
sinfo

# --- a run, once in peace and once preempted --------------------------------
export PYTHON=$python JAX_PLATFORMS=cpu MAX_RESTARTS=5
export XLA_FLAGS=--xla_force_host_platform_device_count=2
args=(--config "$config" --config.steps="$steps" --config.checkpoint.every=100
  --config.samples.every="$steps" --config.log.tensorboard=false)
submit() {    # NAME -> job id
  sbatch --parsable --nodes=1 --ntasks=2 --ntasks-per-node=2 --cpus-per-task=1 \
    --overcommit --output="$here/$1.log" --job-name="$1" launch/slurm.sbatch \
    "${args[@]}" --workdir "$here/$1"
}
state() { scontrol show job "$1" 2>/dev/null | grep -o 'JobState=[A-Z_]*' |
  cut -d= -f2; }
until_() {    # SECONDS COMMAND...
  local left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "error: not in time: $*" >&2; return 1; }
    sleep 1
  done
}
saved() { ls "$here/$1/checkpoints" 2>/dev/null | grep -qE '^[0-9]+$'; }
told() { grep -q "\"$2\"" "$here/$1/events.jsonl" 2>/dev/null; }
ended() { case $(state "$1") in COMPLETED) ;; FAILED|CANCELLED|TIMEOUT)
  echo "error: job $1 is $(state "$1")" >&2; exit 1 ;; *) return 1 ;; esac; }

calm=$(submit calm)
until_ 300 ended "$calm"
torn=$(submit torn)
until_ 200 saved torn
scancel --signal=TERM "$torn"       # to every task, as a preemption does
until_ 120 told torn preempted
echo "preempted; SLURM waits about two minutes before it starts a job again"
until_ 400 told torn restored
until_ 300 told torn finished
until_ 60 ended "$torn"
scontrol show job "$torn" | grep -o 'Restarts=[0-9]*'

# --- one that is cancelled does not come again -------------------------------
args+=(--config.steps=1000000)
gone=$(submit gone)
until_ 200 saved gone
scancel "$gone"
until_ 120 sh -c "[ -z \"\$(squeue -h -j $gone -t R,CG,PD)\" ]"
sleep 10
echo "cancelled: $(state "$gone"), Restarts=$(scontrol show job "$gone" |
  grep -o 'Restarts=[0-9]*' | cut -d= -f2)"
[ "$(state "$gone")" = CANCELLED ] || { echo "error: it lives" >&2; exit 1; }

"$python" - "$here" <<'CHECK'
import sys
from tests.pods import chaos, pod
import pathlib
here = pathlib.Path(sys.argv[1])
different = chaos.compare(here / 'calm', here / 'torn')
print('events:', *pod.happened(here / 'torn'))
assert not different, different
CHECK
