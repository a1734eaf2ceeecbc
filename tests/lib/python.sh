#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# python.sh SCRIPT: run a test that is written in python, or say why not.
for tool in python3 openssl; do
    command -v "$tool" >/dev/null 2>&1 || {
        echo "1..0 # SKIP $tool is not installed"
        exit 0
    }
done
exec python3 -B "$@"
