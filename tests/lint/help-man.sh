#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# help-man.sh - the program and its manual know the same commands and the same options.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
page=$abs_top_srcdir/docs/man/sealift.1.scd

# section HEADING: the options that a section of the page explains.  Such a line begins with
# an option in bold: "*-o*, *--output*=_FILE_".
section() {
    awk -v heading="$1" '
        /^#/ { inside = 0; if ($0 == heading) inside = 1 }
        inside && /^\*-/ { print }' "$page" |
        grep -oE '\*--[a-z0-9-]+\*' | tr -d '*' | sort -u
}

options_of() {
    "$SEALIFT" "$1" --complete | grep '^-' | sed 's/=$//' | sort -u
}

# Text of the page about a command: its own section and the shared ones.
explained() {
    {
        section "## sealift $1"
        section "# COMMON OPTIONS"
        case $1 in
        copy | diff | doctor | export | import | list) section "# REGISTRY OPTIONS" ;;
        esac
    } | sort -u
}

commands=$("$SEALIFT" --complete)
check "the program has commands" test "$(echo "$commands" | wc -l)" -ge 7
for command in $commands; do
    check "the page has a section on $command" grep -qE "^## .*sealift $command\\b" "$page"
    check "its synopsis has $command" grep -q "^\*sealift $command\*" "$page"
    check "the program has help on $command" \
        sh -c '"$1" help "$2" | grep -q .' - "$SEALIFT" "$command"
    case $command in
    help | version) continue ;;
    esac
    check_equal "$command has the options of the page" \
        "$(explained "$command")" "$(options_of "$command")"
done

# Each heading is a command, and each option that is mentioned anywhere exists.
headings=$(grep -oE '^## sealift.*' "$page" | grep -oE 'sealift [a-z-]+' | cut -d' ' -f2 | sort)
check_equal "the page has no other commands" "$(echo "$commands" | sort)" "$headings"
for command in $commands; do
    options_of "$command"
done | sort -u >"$work/all"
# The section for users of other tools mentions theirs.
sed '/^# COMING FROM OTHER TOOLS/,/^# VOLUMES/d' "$page" |
    grep -oE '(^|[^A-Za-z0-9-])--[a-z][a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort -u >"$work/page"
check_equal "the page has no other options" "" \
    "$(comm -13 "$work/all" "$work/page")"

"$abs_top_srcdir/docs/man/examples.sh" "$SEALIFT" <"$page" >"$work/updated"
check_equal "the page has the examples of help: see docs/man/examples.sh" "" \
    "$(diff "$page" "$work/updated")"
check "the page has an example of each command" test \
    "$(grep -c "^## Examples of " "$page")" -eq "$(echo "$commands" | wc -l)"

# Reasons: the words of the table in err.h.
reasons=$(sed -n 's/^    X([A-Z_]*, "\([a-z-]*\)").*/\1/p' "$abs_top_srcdir/src/base/err.h" | sort -u)
check "there are reasons" test "$(echo "$reasons" | wc -l)" -gt 40
for reason in $reasons; do
    awk '/^# /{ inside = 0 } /^# EXIT STATUS/{ inside = 1 } inside' "$page" |
        grep -qF "*$reason*" || echo "$reason"
done >"$work/unlisted"
check_equal "the page lists every reason" "" "$(cat "$work/unlisted")"

done_testing
