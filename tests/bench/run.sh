#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - measure sealift against the other tools that carry images, side by side.
#
#   run.sh [-n ROUNDS] [--only PART,...] [--markdown]
#
# Parts: start images export-big export-disk export-many export-far copy-big copy-many copy-far
# import-big import-many verify.  In every round each contender runs once, in turn (export-far,
# copy-far: one round); the table gives medians, and which goals are met.
# Who takes part: ./sealift (or $SEALIFT) and whichever of oras, crane, skopeo and curl are
# on PATH.  Needs docker-registry, python3, and about 14 GiB free in /dev/shm.
#
#   SEALIFT           the program to measure
#   SEALIFT_STATIC    the static one, for the part start
#   BENCH_LAYER       bytes of a layer of the big image (default 268435456)
#   BENCH_IMAGES      number of small images (default 60)
#   BENCH_MEMORY      folder on tmpfs (default /dev/shm)
#   BENCH_DISK        folder on a real disk, for export-disk (default /var/tmp)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
memory=$(mktemp -d "${BENCH_MEMORY:-/dev/shm}/sealift-bench.XXXXXX")
disk=$(mktemp -d "${BENCH_DISK:-/var/tmp}/sealift-bench.XXXXXX")
trap 'rm -rf "$memory" "$disk"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${SEALIFT:-}" ]; then
    SEALIFT=$(command -v ./sealift || command -v sealift || true)
fi
export SEALIFT

PYTHONDONTWRITEBYTECODE=1 python3 "$here/bench.py" --memory "$memory" --disk "$disk" "$@"
