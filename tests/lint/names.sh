#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# names.sh - a name means one thing in the whole tree: of the static functions at most 8 % share
# their name with one of another file, and no two structs, unions or enums share a tag.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

names_in() {
    python3 -B "$abs_top_srcdir/tests/lint/statics.py" "$1" "$2"
}

# namesakes FOLDER: "NAME FILE..." for each static function that several files have.
namesakes() {
    names_in functions "$1" | sort -u |
        awk '{ n[$1]++; where[$1] = where[$1] " " $2 }
             END { for (name in n) if (n[name] > 1) print name where[name] }' | sort
}
share() {
    all=$(names_in functions "$1" | wc -l)
    shared=$(namesakes "$1" | awk '{ n += NF - 1 } END { print n + 0 }')
    echo $((100 * shared / all))
}
twin_tags() {
    names_in tags "$1" | sort -u | awk '{ n[$1]++ } END { for (tag in n) if (n[tag] > 1) print tag }' | sort
}

check "there are static functions to inspect" test "$(names_in functions "$src" | wc -l)" -gt 100
check "at most 8 % of the static functions share their name ($(namesakes "$src" | head -n 5 | tr '\n' ';'))" \
    test "$(share "$src")" -le 8
check_equal "every struct, union and enum tag is defined once" "" "$(twin_tags "$src")"

plant ops/a.c 'static int' 'take(int x)' '{' '}' 'struct one {' '};'
plant ops/b.c 'static void PRINTF(1, 2) take(const char *fmt, ...)' '{' '}' 'enum one { A };' 'struct two {' '};'
check_equal "namesakes are reported" "take ops/a.c ops/b.c" "$(namesakes "$work/planted")"
check_equal "a tag defined twice is reported" "one" "$(twin_tags "$work/planted")"
done_testing
