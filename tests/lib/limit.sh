#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# limit.sh COMMAND...: run one test, and end it and all it started when it hangs.
#
# $SEALIFT_TEST_SECONDS is how long it may take: by default ten minutes, where the slowest
# takes less than one on a quiet machine. Each test has its own limit, so a busy machine makes
# the run longer and fails nothing, and a test that hangs is named.

seconds=${SEALIFT_TEST_SECONDS:-600}
# timeout makes a process group of its own: what stops make has to be passed on.
trap 'kill -TERM "$test_pid" 2>/dev/null' HUP INT TERM
timeout -k 30 "$seconds" "$@" </dev/null &
test_pid=$!
wait "$test_pid"
status=$?
if [ "$status" -gt 128 ] && kill -0 "$test_pid" 2>/dev/null; then
    wait "$test_pid" # a signal came: the test is ending
    exit "$status"
fi
[ "$status" -ne 124 ] && [ "$status" -ne 137 ] ||
    echo "Bail out! no end within $seconds s"
exit "$status"
