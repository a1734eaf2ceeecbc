#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rooms.sh - a folder is small enough to be read as a list, and a .c has a header of its own
# name, so that the way from a declaration to its code is the file's name.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

most=30 # .c files in one folder

# crowded FOLDER: folders below it with more than that.
crowded() {
    (cd "$1" && find . -name '*.c' | sed 's,/[^/]*$,,' | sort | uniq -c | awk -v most="$most" '$1 > most')
}

# headless FOLDER: .c files without a header, but commands, which commands.h lists, and main.
headless() {
    (cd "$1" && find . -name '*.c' | sed 's,^\./,,' | sort | while read -r file; do
        case $file in
        cli/main.c | cli/commands/cmd_*.c) ;;
        *) [ -f "${file%.c}.h" ] || echo "$file" ;;
        esac
    done)
}

# unnamed DOCUMENT FOLDER: folders with sources that the document does not name.
unnamed() {
    (cd "$2" && find . -name '*.c' | sed 's,^\./,,; s,/[^/]*$,,' | sort -u | while read -r folder; do
        grep -qE "(^|[^a-z])${folder##*/}([^a-z]|\$)" "$1" || echo "$folder"
    done)
}

check "there are sources to inspect" test "$(find "$src" -name '*.c' | wc -l)" -gt 20
check_equal "no folder is crowded" "" "$(crowded "$src")"
check_equal "every .c has a header of its own name" "" "$(headless "$src")"

check_equal "docs/architecture.md names every folder" "" \
    "$(unnamed "$abs_top_srcdir/docs/architecture.md" "$src")"

for i in $(seq 31); do
    plant "ops/push/a$i.c" ''
    plant "ops/push/a$i.h" ''
done
plant ops/alone.c ''
plant cli/commands/cmd_a.c ''
check_equal "a crowded folder is reported" \
    "31 ./ops/push" "$(crowded "$work/planted" | sed 's/^ *//')"
check_equal "a .c without a header is reported" "ops/alone.c" "$(headless "$work/planted")"
echo 'push' >"$work/page"
check_equal "an unnamed folder is reported" "cli/commands
ops" "$(unnamed "$work/page" "$work/planted")"
done_testing
