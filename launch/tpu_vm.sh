#!/usr/bin/env bash
# One training run on all hosts of a TPU slice, by queued resources.
#
#   export PROJECT=p ZONE=us-central2-b
#   bash launch/tpu_vm.sh up NAME v5litepod-16 [--spot]
#   bash launch/tpu_vm.sh run NAME --config configs/x.py --workdir gs://B/x
#   bash launch/tpu_vm.sh logs NAME [HOST]
#   bash launch/tpu_vm.sh stop NAME        # SIGTERM to all: saves
#   bash launch/tpu_vm.sh down NAME
#   bash launch/tpu_vm.sh keep NAME v5litepod-16 --config ... --workdir ...
#
# `up` asks for the slice and waits for it, puts this checkout on every host, and
# installs it. `run` starts launch/train.py, whose workdir is in a bucket, on all
# hosts under a loop that starts it again on any status but 0, 1 and 2.
# `keep` does it all, and again whenever a spot slice was taken away, until the
# run is done. DRY=1 prints the gcloud commands and runs none.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "error: $*" >&2; exit 2; }
usage() { sed -n '2,19s/^# \{0,1\}//p' "$0" >&2; exit 2; }

[ $# -ge 2 ] || usage
action=$1 name=$2
shift 2
: "${PROJECT:?set PROJECT to the id of your project}"
: "${ZONE:?set ZONE to a zone with TPUs, such as us-central2-b}"
runtime=${RUNTIME:-v2-alpha-tpuv5-lite}
where=(--project "$PROJECT" --zone "$ZONE")

gc() {
  if [ -n "${DRY:-}" ]; then
    printf 'gcloud'; printf ' %q' "$@"; printf '\n'
  else
    gcloud "$@"
  fi
}
on_all() { gc compute tpus tpu-vm ssh "$name" "${where[@]}" --worker=all \
  --command "$1"; }
state() { gc compute tpus queued-resources describe "$name" "${where[@]}" \
  --format 'value(state.state)'; }

up() {
  local type=${1:-} got code
  [ -n "$type" ] || fail "which type of slice? up NAME v5litepod-16"
  shift
  gc compute tpus queued-resources create "$name" "${where[@]}" \
    --node-id "$name" --accelerator-type "$type" --runtime-version "$runtime" \
    "$@"
  while [ -z "${DRY:-}" ]; do
    got=$(state)
    case $got in
      ACTIVE) break ;;
      FAILED|SUSPENDED) fail "the slice is $got" ;;
    esac
    echo "$got ..." >&2
    sleep 30
  done
  code=$(mktemp)
  tar --exclude='.venv*' --exclude=runs --exclude=.git -czf "$code" .
  gc compute tpus tpu-vm scp "$code" "$name:code.tgz" "${where[@]}" \
    --worker=all
  rm -f "$code"
  on_all "mkdir -p code && tar -xzf code.tgz -C code && cd code &&
python3 -m venv .venv && .venv/bin/pip install -q -e '.[tpu,gcs,data]'"
}

run() {
  local words
  words=$(printf ' %q' "$@")
  # The loop is the scheduler of a slice: 0 done, 1 and 2 need a human.
  on_all "cd code && nohup bash -c 'while true; do
GANS_JAX_CLUSTER=auto GANS_JAX_HEARTBEAT=30 .venv/bin/python launch/train.py \
--requeue --noprogress$words
status=\$?; echo \$status > ~/status
case \$status in 0|1|2) break ;; esac
sleep 5; [ -e ~/stop ] && break; done' >> ~/train.log 2>&1 < /dev/null &
rm -f ~/stop ~/status"
}

keep() {
  local type=${1:-} done_
  [ -n "$type" ] || fail "which type of slice? keep NAME v5litepod-16 ARGS"
  shift
  if [ -n "${DRY:-}" ]; then up "$type" --spot; run "$@"; return; fi
  while true; do
    case $(state 2>/dev/null || echo NONE) in
      ACTIVE) ;;
      NONE) up "$type" --spot; run "$@" ;;
      FAILED|SUSPENDED) down; up "$type" --spot; run "$@" ;;
    esac
    done_=$(gcloud compute tpus tpu-vm ssh "$name" "${where[@]}" --worker=0 \
      --command 'cat ~/status 2>/dev/null' || true)
    case $done_ in
      0) echo done; return ;;
      1|2) fail "status $done_: bash launch/tpu_vm.sh logs $name" ;;
    esac
    sleep 60
  done
}

down() { gc compute tpus queued-resources delete "$name" "${where[@]}" \
  --force --quiet; }

case $action in
  up) up "$@" ;;
  run) run "$@" ;;
  keep) keep "$@" ;;
  logs) gc compute tpus tpu-vm ssh "$name" "${where[@]}" \
    --worker="${1:-0}" --command 'tail -n 100 -F ~/train.log' ;;
  stop) on_all 'touch ~/stop; 
kill -TERM $(pgrep -f "^.venv/bin/python launch/train.py")' ;;
  status) state ;;
  down) down ;;
  *) usage ;;
esac
