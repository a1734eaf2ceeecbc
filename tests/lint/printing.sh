#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# printing.sh - only src/cli prints; base/mem.c may say that memory ran out before it aborts.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

offenders() {
    code_in "$1" | grep -v -e '^cli/' -e '^base/mem\.c:' | grep -E \
        -e '(^|[^A-Za-z0-9_])v?(f|d)?printf[[:space:]]*\(' \
        -e '(^|[^A-Za-z0-9_])(f?puts|f?putc|putchar|perror|psignal|v?warnx?|v?errx?)[[:space:]]*\(' \
        -e '(^|[^A-Za-z0-9_])(stdout|stderr|STDOUT_FILENO|STDERR_FILENO)([^A-Za-z0-9_]|$)'
}

plant ops/a.c '/* printf("x") */' 'snprintf(a, b, "printf(");' \
    'int WRONG = printf("hello");' 'fputs(a, WRONG);' 'f(stderr, WRONG);'
plant base/mem.c 'fputs("out of memory", stderr);'
plant base/log.h 'dprintf(2, WRONG);' '__attribute__((format(printf, 1, 2)))'
plant cli/out.c 'printf("fine");'
lint "only src/cli prints"
