#!/usr/bin/env bash
# N processes of one training run on this machine: the test bed of a pod.
#
#   bash launch/local_pod.sh N -- --config configs/gan_ring.py --workdir runs/a
#
# What stands after -- goes to launch/train.py. As a scheduler would, it starts
# all processes again, at most RESTARTS times (3), when one of them was killed,
# lost its job, or asked for it with status 75. Environment:
#
#   RESTARTS=3     how often; 0: never
#   DEVICES=1      devices of each process on a CPU
#   LOGS=DIR       output of process i goes to DIR/i.log (runs/pod_logs), their
#                  ids, in order, to DIR/pids; process 0 also shows here
#   HEARTBEAT=10   seconds after which a silent process is taken for dead
#
# Exit status: 0 done; 1 the run cannot go on; 2 a mistake in what was asked;
# 75 interrupted and saved; of RESTARTS used up, that of the last process.
set -uo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  ''|*[!0-9]*|0)
    echo "error: how many processes? bash launch/local_pod.sh 2 -- ARGS" >&2
    exit 2 ;;
esac
count=$1
shift
[ "${1:-}" = -- ] && shift
python=${PYTHON:-.venv/bin/python}
logs=${LOGS:-runs/pod_logs}
mkdir -p "$logs"
pids=() followed='' stopping=''

stop() {                # a signal to us is one to the pod: all save and end
  stopping=1
  [ ${#pids[@]} -gt 0 ] && kill -TERM "${pids[0]}" 2>/dev/null
}
trap stop TERM INT

free_port() {
  "$python" -c 'import socket; s = socket.socket(); s.bind(("", 0))
print(s.getsockname()[1])'
}

start_all() {
  local i port
  port=$(free_port) || exit 2
  pids=()
  for ((i = 0; i < count; i++)); do
    JAX_COORDINATOR_ADDRESS=localhost:$port JAX_NUM_PROCESSES=$count \
    JAX_PROCESS_ID=$i GANS_JAX_HEARTBEAT=${HEARTBEAT:-10} \
    XLA_FLAGS="${XLA_FLAGS:-} --xla_force_host_platform_device_count=${DEVICES:-1}" \
      "$python" launch/train.py --requeue "$@" \
      >> "$logs/$i.log" 2>&1 &
    pids+=($!)
  done
  printf '%s\n' "${pids[@]}" > "$logs/pids.new" && mv "$logs/pids.new" "$logs/pids"
}

wait_all() {            # sets status: of the first that did not end well
  local i code left=$count
  status=0
  while [ "$left" -gt 0 ]; do
    wait -n -p ended "${pids[@]}"
    code=$?
    if [ -z "${ended:-}" ]; then      # our own trap woke us
      continue
    fi
    left=$((left - 1))
    for i in "${!pids[@]}"; do
      [ "${pids[$i]}" = "$ended" ] && unset "pids[$i]"
    done
    if [ $code -ne 0 ] && [ $status -eq 0 ]; then
      status=$code
      # The others save now (75), or lose their partner: give them a while.
      ( sleep "$((2 * ${HEARTBEAT:-10} + 20))"
        kill -KILL "${pids[@]}" 2>/dev/null ) &
      killer=$!
    fi
  done
  [ -n "${killer:-}" ] && kill "$killer" 2>/dev/null
  killer=''
}

for ((i = 0; i < count; i++)); do : > "$logs/$i.log"; done
tail -n +1 -F -q "$logs/0.log" 2>/dev/null &
followed=$!
trap 'kill $followed 2>/dev/null' EXIT
for ((try = 0; ; try++)); do
  start_all "$@"
  wait_all
  case $status in 0|1|2) break ;; esac
  if [ -n "$stopping" ] || [ "$try" -ge "${RESTARTS:-3}" ]; then break; fi
  echo "local_pod: a process ended with status $status; start $((try + 2))" >&2
done
sleep .2                # for tail
exit "$status"
