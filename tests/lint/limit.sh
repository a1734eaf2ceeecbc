#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# limit.sh - a test that hangs is ended, with all it started, and named; one that does not is
# left alone.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"
limit=$abs_top_srcdir/tests/lib/limit.sh

# The grandchild holds the pipe that the reader waits for: it ends when all of them have.
hang() {
    SEALIFT_TEST_SECONDS=1 sh "$limit" sh -c 'sleep 600 & sleep 600' | cat
}
check_equal "a test that hangs is ended with all it started" "Bail out! no end within 1 s" "$(hang)"
expect 0 "a test that ends is left alone" sh "$limit" sh -c 'echo "ok 1 - fine"'
check_equal "its output is kept" "ok 1 - fine" "$(cat "$out")"
expect 3 "its status is kept" sh "$limit" sh -c 'exit 3'
done_testing
