#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# examples.sh SEALIFT <PAGE >NEW - write the examples of "sealift help COMMAND" into the page
# between two comments, so that help and manual show the same ones.
set -eu
sealift=$1

# Examples of a command: the lines after "Examples:", a purpose and a command in turn.
examples_of() {
    "$sealift" help "$1" | awk '
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
    "; examples of each command: docs/man/examples.sh writes them")
        inside=yes
        echo
        for command in $("$sealift" --complete); do
            printf '## Examples of %s\n\n' "$command"
            examples_of "$command"
        done
        ;;
    esac
done
