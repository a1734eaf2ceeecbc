#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# help-man.sh - the program and its manual know the same commands and the same options.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
man=$abs_top_srcdir/docs/man

# explained FILE [HEADING]: the options that a page, or one section of it, explains.  Such a
# line begins with an option in bold: "*-o*, *--output*=_FILE_".
explained() {
    awk -v heading="${2-}" '
        /^#/ { outside = heading != "" && $0 != heading }
        !outside && /^\*-/ { print }' "$1" |
        grep -oE '\*--[a-z0-9-]+\*' | tr -d '*' | sort -u
}

options_of() {
    "$SEALIFT" "$1" --complete | grep '^-' | sed 's/=$//' | sort -u
}

# mentioned PAGE...: every option anywhere in these pages, except where users of other tools
# find theirs.
mentioned() {
    for page in "$@"; do
        sed '/^# COMING FROM OTHER TOOLS/,/^# EXAMPLES/d' "$page"
    done | grep -oE '(^|[^A-Za-z0-9-])--[a-z][a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort -u
}

commands=$("$SEALIFT" --complete)
check "the program has commands" test "$(echo "$commands" | wc -l)" -ge 7
check_equal "each command has a page, and each page a command" "$(echo "$commands" | sort)" \
    "$(cd "$man" && printf '%s\n' sealift-*.1.scd | sed 's/^sealift-//; s/\.1\.scd$//' | sort)"
check_equal "sealift(1) lists the commands" "$(
    "$SEALIFT" help | sed -nE 's/^  ([a-z-]+)  +(.*)/sealift-\1(1) \2/p'
)" "$(sed -n '/^# COMMANDS/,/^# COMMON/p' "$man/sealift.1.scd" |
    awk '/^\|/ { gsub(/\*/, ""); page = $2 } /^:/ { sub(/^:. */, ""); print page, $0 }')"
explained "$man/sealift.1.scd" "# COMMON OPTIONS" >"$work/common"
explained "$man/sealift.1.scd" "# REGISTRY OPTIONS" >"$work/registry"
for command in $commands; do
    page=$man/sealift-$command.1.scd
    check_equal "sealift-$command(1) says what it is in the words of help" \
        "sealift-$command - $("$SEALIFT" help | sed -n "s/^  $command  *//p")" \
        "$(awk '/^# NAME/ { getline; getline; print }' "$page")"
    check "its synopsis has $command" grep -q "^\*sealift $command\*" "$page"
    check "the program has help on $command" test -n "$("$SEALIFT" help "$command")"
    check_equal "$command has the options of its page" \
        "$(explained "$page" | sort -u - "$work/common")" "$(options_of "$command")"
    "$man/examples.sh" "$SEALIFT" "$command" <"$page" >"$work/updated"
    check_equal "its page has the examples of help: see docs/man/examples.sh" "" \
        "$(diff "$page" "$work/updated")"
    check "its page has examples" test "$(grep -c "^	. sealift $command" "$page")" -ge 1
    options_of "$command" >>"$work/options"
done
sort -u -o "$work/options" "$work/options"
check_equal "an option of registries is one of a command" "" \
    "$(comm -13 "$work/options" "$work/registry")"
check_equal "the manual mentions no other options" "" \
    "$(mentioned "$man"/*.scd | comm -13 "$work/options" -)"

# dead_references PAGE: references to pages of this manual, and to sections, that lead nowhere.
dead_references() {
    tr -s '\n\t' ' ' <"$1" >"$work/text"
    grep -oE '(\*[A-Z][A-Z ]+\* of )?\*sealift(-[a-z-]+)?\*\([15]\)' "$work/text" |
        sed -E 's/^\*(sealift)/** of *\1/' | sort -u |
        while IFS='*' read -r _ section _ name number; do
            number=${number#(}
            file=$man/$name.${number%)}.scd
            if [ ! -f "$file" ] || { [ -n "$section" ] && ! grep -qx "# $section" "$file"; }; then
                echo "${1##*/}: $section of $name"
            fi
        done
    grep -oE '[Ss]ee \*[A-Z][A-Z ]+\*( of)?' "$work/text" | grep -v ' of$' |
        sed 's/^[^*]*\*//; s/\*$//' | sort -u | while IFS= read -r section; do
        grep -qx "# $section" "$man/${1##*/}" || echo "${1##*/}: $section"
    done
}
check_equal "every reference in the manual leads somewhere" "" "$(
    for page in "$man"/*.scd; do
        dead_references "$page"
    done
)"

done_testing
