#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# examples.sh SEALIFT COMMAND <PAGE >NEW - write the examples of "sealift help COMMAND" into
# the page between two comments, so that help and manual show the same ones.
set -eu

# The lines after "Examples:", a purpose and a command in turn.
examples() {
    "$1" help "$2" | awk '
        inside && /^      / { sub(/^ +/, ""); gsub(/[_*]/, "\\\\&"); print "\t$ " $0; print "" }
        inside && /^  [^ ]/ { sub(/^ +/, ""); gsub(/[_*]/, "\\\\&"); print; print "" }
        /^Examples:$/ { inside = 1 }'
}

while IFS= read -r line; do
    case $line in
    "; end of the examples") inside= ;;
    esac
    [ -n "${inside-}" ] || printf '%s\n' "$line"
    case $line in
    "; docs/man/examples.sh writes these")
        inside=yes
        echo
        examples "$1" "$2"
        ;;
    esac
done
