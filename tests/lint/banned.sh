#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# banned.sh - functions that overflow, cannot report errors, or start a shell.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

offenders() {
    code_in "$1" | grep -E '(^|[^A-Za-z0-9_])(strto(l|ll|ul|ull|imax|umax|d)|ato(i|l|ll|f)|v?(f|s)?scanf|str(cpy|cat|ncpy|ncat|tok)|stpcpy|gets|system|popen|alloca|mktemp|tmpnam|rand|setjmp|longjmp)[[:space:]]*\('
}

plant base/a.c '/* strtol( is banned */' 'x = text_strtol(y);' 'x = strtol(WRONG);' \
    'y = "system(";' 'snprintf(x, 1, y);' 'if (system (WRONG))' 'WRONG = sscanf(a);' \
    '    strcpy(WRONG, b);'
lint "no banned function is called"
