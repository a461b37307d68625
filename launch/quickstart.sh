#!/usr/bin/env bash
# From nothing to a trained, evaluated, reported GAN: a DCGAN on handwritten
# digits, a few minutes on two CPU cores. Run again, it goes on where it was
# left, or says that there is nothing left to do.
#
#   bash launch/quickstart.sh [WORKDIR] [more arguments of launch/train.py]
set -euo pipefail
cd "$(dirname "$0")/.."
. launch/env.sh
workdir=runs/quickstart
case ${1:-} in ''|-*) ;; *) workdir=$1; shift ;; esac
[ -f .venv/stamp-dev ] && extras=dev || extras=data
make_env .venv $extras
.venv/bin/python launch/train.py --config configs/dcgan_mnist.py \
  --workdir "$workdir" "$@"
