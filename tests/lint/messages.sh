#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# messages.sh - no text below cli names an option or a command: what to type depends on the
# command that runs, so hints are in cli/hints.c, found by reason and command.  In cli errors
# may name options, and hints may not.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

# The commands there are, as alternatives of a pattern.
verbs=$(sed -n 's/^    \.name = "\([a-z-]*\)",$/\1/p' "$src"/cli/commands/cmd_*.c | paste -s -d '|')

named="(.*[^A-Za-z0-9-])?(--[a-z]|sealift ($verbs)([^a-z-]|$))"

# render/ writes texts for commands, such as a script with their options.
below_cli() {
    python3 -B "$abs_top_srcdir/tests/lint/strings.py" "$1" | grep -vE '^(cli|render)/' |
        grep -E "^[^:]*:[0-9]*:$named"
}

# Calls of err_hint() in cli, each in one line.
hints_in_cli() {
    [ -d "$1/cli" ] || return 0
    (cd "$1" && find cli -name '*.c' ! -name hints.c -exec awk '
        /err_hint\(/ { call = ""; at = FILENAME ":" FNR; inside = 1 }
        inside { call = call $0 }
        inside && /;/ { print at ":" call; inside = 0 }' {} +) |
        grep -E "^[^:]*:[0-9]*:$named"
}

offenders() {
    below_cli "$1"
    hints_in_cli "$1"
}

check "there are commands" test "$(echo "$verbs" | tr '|' '\n' | wc -l)" -ge 15
check "there are strings to inspect" test \
    "$(python3 -B "$abs_top_srcdir/tests/lint/strings.py" "$src" | grep -cvE '^(cli|render)/')" -gt 2000

plant io/http/a.c '/* "--ca-file" */' 'err_hint(err, "use --ca-file FILE"); // WRONG' \
    'x = "-----BEGIN";' "y = '\"'; z = \"--jobs\"; // WRONG"
plant trust/a.c 'err_hint(err, "sealift trust add"); // WRONG' 'x = "a -- b";' \
    'err_set(err, "not a sealift bundle");' \
    'err_hint(err, "then run sealift " // WRONG' '              "import again");'
plant cli/hints.c '"--plain-http HOST"' 'err_hint(err, "--force");'
plant cli/other.c 'err_set(err, "--index is for --platform");' \
    'return err_hint(err, "use --force"); // WRONG' 'err_hint(err, // WRONG' '    "or sealift trust");' \
    "err_hint(err, \"chmod 600 '%s'\", path);" 'x = "--key";'
plant render/script.c '"sealift verify --key"'
lint "no text below cli names an option or a command"
