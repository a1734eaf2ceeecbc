#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# messages.sh - no text below cli names an option or a command: what to type depends on the
# command that runs, so hints are in cli/hints.c, found by reason and command.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

# The commands there are, as alternatives of a pattern.
verbs=$(sed -n 's/^    \.name = "\([a-z-]*\)",$/\1/p' "$src"/cli/commands/cmd_*.c | paste -s -d '|')

# render/ writes texts for commands, such as a script with their options.
offenders() {
    python3 -B "$abs_top_srcdir/tests/lint/strings.py" "$1" | grep -vE '^(cli|render)/' |
        grep -E "^[^:]*:[0-9]*:(.*[^A-Za-z0-9-])?(--[a-z]|sealift ($verbs)([^a-z-]|$))"
}

check "there are commands" test "$(echo "$verbs" | tr '|' '\n' | wc -l)" -ge 15
check "there are strings to inspect" test \
    "$(python3 -B "$abs_top_srcdir/tests/lint/strings.py" "$src" | grep -cvE '^(cli|render)/')" -gt 2000

plant io/http/a.c '/* "--ca-file" */' 'err_hint(err, "use --ca-file FILE"); // WRONG' \
    'x = "-----BEGIN";' "y = '\"'; z = \"--jobs\"; // WRONG"
plant trust/a.c 'err_hint(err, "sealift trust add"); // WRONG' 'x = "a -- b";' \
    'err_set(err, "not a sealift bundle");' \
    'err_hint(err, "then run sealift " // WRONG' '              "import again");'
plant cli/hints.c '"--plain-http HOST"'
plant render/script.c '"sealift verify --key"'
lint "no text below cli names an option or a command"
