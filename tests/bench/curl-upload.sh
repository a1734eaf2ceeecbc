#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# curl-upload.sh ADDRESS FILE... - upload blobs with nothing but curl, eight at a time.
#
# ADDRESS is where the registry begins uploads; each file is named by its SHA-256.
set -eu
address=$1
shift

if [ $# -gt 1 ]; then
    printf '%s\n' "$@" | xargs -P 8 -n 1 sh "$0" "$address"
    exit
fi
place=$(curl -sf -X POST -D - -o /dev/null "$address" | tr -d '\r' | sed -n 's/^Location: //p')
exec curl -sf -o /dev/null -T "$1" "$place&digest=sha256:$(basename "$1")"
